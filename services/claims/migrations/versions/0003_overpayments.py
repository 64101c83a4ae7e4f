"""Overpayments."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kit.db import rls
from kit.db.schema import append_only

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "overpayment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("agent", sa.Uuid(), nullable=False),
        sa.Column("agreement", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("thing", sa.Uuid(), nullable=False),
        sa.Column("claim", sa.Uuid(), nullable=True),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("decision", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("employer_until", sa.Date(), nullable=False),
        sa.Column("employer_reference", sa.Text(), nullable=False),
        sa.Column("insurer_until", sa.Date(), nullable=True),
        sa.Column("insurer_reference", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_overpayment_amount")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_overpayment")),
        sa.UniqueConstraint("decision", "month", name=op.f("uq_overpayment_decision_month")),
    )
    op.create_index(op.f("ix_overpayment_agent"), "overpayment", ["agent"], unique=False)
    op.create_index(op.f("ix_overpayment_thing"), "overpayment", ["thing"], unique=False)
    op.create_table(
        "overpayment_instalment",
        sa.Column("overpayment", sa.Uuid(), nullable=False),
        sa.Column("plan", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_overpayment_instalment_amount")),
        sa.ForeignKeyConstraint(
            ["overpayment"], ["overpayment.id"], name=op.f("fk_overpayment_instalment_overpayment")
        ),
        sa.PrimaryKeyConstraint("overpayment", "plan", "number", name=op.f("pk_overpayment_instalment")),
    )
    op.create_table(
        "overpayment_movement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("overpayment", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("decision", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.CheckConstraint("(kind = 'WAIVED') = (ground IS NOT NULL)", name=op.f("ck_overpayment_movement_ground")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_overpayment_movement_amount")),
        sa.ForeignKeyConstraint(["overpayment"], ["overpayment.id"], name=op.f("fk_overpayment_movement_overpayment")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_overpayment_movement")),
    )
    op.create_index(op.f("ix_overpayment_movement_overpayment"), "overpayment_movement", ["overpayment"], unique=False)
    rls.enable(op, "overpayment")
    rls.enable(op, "overpayment_instalment")
    rls.enable(op, "overpayment_movement")
    append_only(op, "overpayment")
    append_only(op, "overpayment_instalment")
    append_only(op, "overpayment_movement")


def downgrade() -> None:
    op.drop_index(op.f("ix_overpayment_movement_overpayment"), table_name="overpayment_movement")
    op.drop_table("overpayment_movement")
    op.drop_table("overpayment_instalment")
    op.drop_index(op.f("ix_overpayment_thing"), table_name="overpayment")
    op.drop_index(op.f("ix_overpayment_agent"), table_name="overpayment")
    op.drop_table("overpayment")
