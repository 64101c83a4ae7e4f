"""Positions of the feed, reserved on disk before any of them is given."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """A new database has it from the first migration on, which makes the kit's tables as they are now."""
    added = sa.Column("reserved_position", sa.BigInteger(), server_default="0", nullable=False)
    op.add_column("feed_meta", added, if_not_exists=True)


def downgrade() -> None:
    op.drop_column("feed_meta", "reserved_position")
