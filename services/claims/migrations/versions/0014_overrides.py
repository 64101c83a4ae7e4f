"""Amounts that people decide for a month in place of those worked out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kit.db import rls
from kit.db.schema import append_only

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "benefit_override",
        sa.Column("claim", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("computed", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_benefit_override_amount")),
        sa.PrimaryKeyConstraint("claim", "month", "version", name=op.f("pk_benefit_override")),
    )
    rls.enable(op, "benefit_override")
    append_only(op, "benefit_override")


def downgrade() -> None:
    op.drop_table("benefit_override")
