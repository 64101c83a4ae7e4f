"""Agents who wait to be decided again, and what asked for it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kit.db import rls

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "redecision_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("agents", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "cause IN ('LAW', 'TERMS', 'REVALUATION', 'MAINTENANCE', 'DAY')", name=op.f("ck_redecision_run_cause")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redecision_run")),
    )
    op.create_table(
        "redecision",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("agent", sa.Uuid(), nullable=False),
        sa.Column("run", sa.Uuid(), nullable=False),
        sa.Column("failed", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_redecision")),
    )
    op.create_index(op.f("ix_redecision_run"), "redecision", ["run"], unique=False)
    rls.enable(op, "redecision")


def downgrade() -> None:
    op.drop_index(op.f("ix_redecision_run"), table_name="redecision")
    op.drop_table("redecision")
    op.drop_table("redecision_run")
