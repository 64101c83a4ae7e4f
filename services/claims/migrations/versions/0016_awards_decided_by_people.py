"""Amounts that people decide of annuities and capitals in place of those worked out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from kit.db import rls
from kit.db.schema import append_only

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_table(
        "award_override",
        sa.Column("award", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("computed", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_award_override_amount")),
        sa.CheckConstraint("approved_by <> proposed_by", name=op.f("ck_award_override_four_eyes")),
        sa.PrimaryKeyConstraint("award", "version", name=op.f("pk_award_override")),
    )
    rls.enable(op, "award_override")
    append_only(op, "award_override")
    op.add_column("capital", sa.Column("alerts", postgresql.JSONB(), nullable=False, server_default="[]"))


def downgrade() -> None:
    op.drop_column("capital", "alerts")
    op.drop_table("award_override")
