"""Why an agent is not covered on a day, so that a preview counts whom a change would bring in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("cover", sa.Column("apart", JSONB(), nullable=False, server_default="[]"))


def downgrade() -> None:
    op.drop_column("cover", "apart")
