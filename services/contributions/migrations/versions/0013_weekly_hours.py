"""The hours of each employment, as the quotities of a DSN are compared with them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("employment", sa.Column("weekly_hours", sa.Numeric(5, 2)))


def downgrade() -> None:
    op.drop_column("employment", "weekly_hours")
