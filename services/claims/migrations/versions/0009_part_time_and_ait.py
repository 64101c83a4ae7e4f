"""Part-time work that was authorised, and the AIT that was notified."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kit.db import rls

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "part_time",
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("agent", sa.Uuid(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date()),
        sa.Column("quotity", sa.Numeric(precision=9, scale=6), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("employer", "agent", "starts", name=op.f("pk_part_time")),
    )
    op.create_table(
        "temporary_invalidity",
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("agent", sa.Uuid(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.Column("invalidity_group", sa.Integer(), nullable=False),
        sa.Column("monthly", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("employer", "agent", "starts", name=op.f("pk_temporary_invalidity")),
    )
    for table in ("part_time", "temporary_invalidity"):
        rls.enable(op, table)


def downgrade() -> None:
    op.drop_table("temporary_invalidity")
    op.drop_table("part_time")
