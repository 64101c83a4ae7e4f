"""What a consumer's handlers made of the events it has applied."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """A new database has it from the first migration on, which makes the kit's tables as they are now."""
    added = sa.Column("revision", sa.SmallInteger(), server_default="1", nullable=False)
    op.add_column("consumer_cursor", added, if_not_exists=True)


def downgrade() -> None:
    op.drop_column("consumer_cursor", "revision")
