"""Handling of claims."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kit.db import rls
from kit.db.schema import append_only

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "claim_document",
        sa.Column("claim", sa.Uuid(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("claim", "document", "reference", name=op.f("pk_claim_document")),
    )
    op.create_table(
        "claim_file",
        sa.Column("claim", sa.Uuid(), nullable=False),
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("declared_on", sa.Date(), nullable=True),
        sa.Column("payee", sa.Text(), nullable=False),
        sa.Column("iban", sa.LargeBinary(), nullable=True),
        sa.Column("iban_shown", sa.Text(), nullable=True),
        sa.Column("proposed_by", sa.Text(), nullable=True),
        sa.Column("proposed_amount", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("version > 1", name=op.f("ck_claim_file_version")),
        sa.PrimaryKeyConstraint("claim", name=op.f("pk_claim_file")),
    )
    op.create_table(
        "claim_payment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("claim", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("payee", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_claim_payment_amount")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_payment")),
        sa.UniqueConstraint("claim", "reference", name=op.f("uq_claim_payment_claim_reference")),
    )
    op.create_table(
        "claim_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("claim", sa.Uuid(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_step")),
    )
    op.create_index(op.f("ix_claim_step_claim"), "claim_step", ["claim"], unique=False)
    op.create_table(
        "insurer_decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("claim", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.CheckConstraint("outcome IN ('ACCEPTED', 'REFUSED')", name=op.f("ck_insurer_decision_outcome")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_insurer_decision")),
        sa.UniqueConstraint("claim", "reference", name=op.f("uq_insurer_decision_claim_reference")),
    )
    op.create_table(
        "leave_cause",
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("agent", sa.Uuid(), nullable=False),
        sa.Column("leave", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("employer", "agent", "leave", name=op.f("pk_leave_cause")),
    )
    op.create_table(
        "takeover",
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("agent", sa.Uuid(), nullable=False),
        sa.Column("leave", sa.Uuid(), nullable=False),
        sa.Column("agreement", sa.Text(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("former_insurer", sa.Text(), nullable=False),
        sa.Column("reference_month", sa.Date(), nullable=True),
        sa.Column("tib", sa.BigInteger(), nullable=True),
        sa.Column("nbi", sa.BigInteger(), nullable=True),
        sa.Column("ri", sa.BigInteger(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.CheckConstraint("(reference_month IS NULL) = (tib IS NULL)", name=op.f("ck_takeover_reference")),
        sa.PrimaryKeyConstraint("employer", "agent", "leave", name=op.f("pk_takeover")),
    )
    rls.enable(op, "claim_document")
    rls.enable(op, "claim_file")
    rls.enable(op, "claim_payment")
    rls.enable(op, "claim_step")
    rls.enable(op, "insurer_decision")
    rls.enable(op, "leave_cause")
    rls.enable(op, "takeover")
    append_only(op, "claim_step")
    append_only(op, "claim_document")
    append_only(op, "claim_payment")
    append_only(op, "insurer_decision")


def downgrade() -> None:
    op.drop_table("takeover")
    op.drop_table("leave_cause")
    op.drop_table("insurer_decision")
    op.drop_index(op.f("ix_claim_step_claim"), table_name="claim_step")
    op.drop_table("claim_step")
    op.drop_table("claim_payment")
    op.drop_table("claim_file")
    op.drop_table("claim_document")
