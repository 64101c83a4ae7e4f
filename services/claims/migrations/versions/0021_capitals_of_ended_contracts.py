"""A capital that a contract owes after its end says which: its last day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.add_column("capital", sa.Column("kept", sa.Date()))


def downgrade() -> None:
    op.drop_column("capital", "kept")
