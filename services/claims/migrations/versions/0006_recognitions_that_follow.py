"""The last day of a recognition of invalidity that another follows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("invalidity", sa.Column("ends", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("invalidity", "ends")
