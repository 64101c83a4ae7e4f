"""A contract that ends before its term says for how long it had been concluded."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("employment", sa.Column("agreed_end", sa.Date()))


def downgrade() -> None:
    op.drop_column("employment", "agreed_end")
