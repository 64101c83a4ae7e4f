"""The days of each leave, as a DSN is compared with them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from kit.db import rls

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "leave",
        sa.Column("employer", sa.Text(), primary_key=True),
        sa.Column("agent", sa.Uuid(), primary_key=True),
        sa.Column("leave", sa.Uuid(), primary_key=True),
        sa.Column("days", JSONB(), nullable=False),
    )
    op.create_index("ix_leave_agent", "leave", ["agent"])
    rls.enable(op, "leave")


def downgrade() -> None:
    op.drop_table("leave")
