"""Deaths and capitals."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kit.db import rls
from kit.db.schema import append_only

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "capital",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("agent", sa.Uuid(), nullable=False),
        sa.Column("capital", sa.Uuid(), nullable=False),
        sa.Column("agreement", sa.Text(), nullable=False),
        sa.Column("guarantee", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("amount_delta", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_capital_amounts")),
        sa.CheckConstraint("version > 0", name=op.f("ck_capital_version")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_capital")),
        sa.UniqueConstraint("capital", "version", name=op.f("uq_capital_capital_version")),
        sa.UniqueConstraint(
            "employer", "agent", "guarantee", "version", name=op.f("uq_capital_employer_agent_guarantee_version")
        ),
    )
    op.create_index(op.f("ix_capital_agent"), "capital", ["agent"], unique=False)
    op.create_table(
        "death",
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("agent", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("employer", "agent", "kind", name=op.f("pk_death")),
    )
    op.create_index(op.f("ix_death_agent"), "death", ["agent"], unique=False)
    rls.enable(op, "capital")
    rls.enable(op, "death")
    append_only(op, "capital")


def downgrade() -> None:
    op.drop_index(op.f("ix_death_agent"), table_name="death")
    op.drop_table("death")
    op.drop_index(op.f("ix_capital_agent"), table_name="capital")
    op.drop_table("capital")
