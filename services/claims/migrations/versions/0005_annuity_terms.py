"""Terms of annuities and half pay acquired."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from kit.db import rls

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "acquired_half_pay",
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("agent", sa.Uuid(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("employer", "agent", "starts", name=op.f("pk_acquired_half_pay")),
    )
    op.create_table(
        "annuity_revaluation",
        sa.Column("agreement", sa.Text(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("rate", sa.Numeric(precision=9, scale=6), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("agreement", "starts", name=op.f("pk_annuity_revaluation")),
    )
    op.create_table(
        "daily_allowance",
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("agent", sa.Uuid(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("daily", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("employer", "agent", "starts", name=op.f("pk_daily_allowance")),
    )
    op.add_column("annuity", sa.Column("ends", sa.Date(), nullable=True))
    op.add_column("annuity", sa.Column("ended", sa.Boolean(), server_default="false", nullable=False))
    op.add_column("annuity", sa.Column("steps", postgresql.JSONB(), server_default="[]", nullable=False))
    rls.enable(op, "acquired_half_pay")
    rls.enable(op, "daily_allowance")


def downgrade() -> None:
    op.drop_column("annuity", "steps")
    op.drop_column("annuity", "ended")
    op.drop_column("annuity", "ends")
    op.drop_table("daily_allowance")
    op.drop_table("annuity_revaluation")
    op.drop_table("acquired_half_pay")
