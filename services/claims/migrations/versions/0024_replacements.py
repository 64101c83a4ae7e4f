"""Days on which somebody else held the post of an agent on leave, whose NBI is then lost."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kit.db import rls

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.create_table(
        "replacement",
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("agent", sa.Uuid(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date()),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("employer", "agent", "starts", name=op.f("pk_replacement")),
    )
    rls.enable(op, "replacement")


def downgrade() -> None:
    op.drop_table("replacement")
