"""Why an organisation changed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("organisation", sa.Column("reason", sa.Text()))


def downgrade() -> None:
    op.drop_column("organisation", "reason")
