"""What became of payments above anything decided, and work that names the claim it is done on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kit.db import rls
from kit.db.schema import append_only

revision = "0020"
down_revision = "0019"

KEY = op.f("pk_open_work")


def upgrade() -> None:
    op.create_table(
        "payment_review",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("claim", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("kept", sa.BigInteger(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.CheckConstraint("amount > 0 AND kept >= 0", name=op.f("ck_payment_review_amount")),
        sa.CheckConstraint("outcome IN ('ACCEPTED', 'RETURNED')", name=op.f("ck_payment_review_outcome")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_review")),
        sa.UniqueConstraint("claim", "reference", name=op.f("uq_payment_review_claim_reference")),
    )
    rls.enable(op, "payment_review")
    append_only(op, "payment_review")
    op.add_column("open_work", sa.Column("reference", sa.Text(), nullable=True))
    # As every item was told before; those of payments are told again, of the claim, when their agent is decided again.
    op.execute(
        "UPDATE open_work SET reference = '/v1/entitlements?agent=' || agent || '&employer=' || employer || '#' || kind"
    )
    op.alter_column("open_work", "reference", nullable=False)
    op.drop_constraint(KEY, "open_work")
    op.create_primary_key(KEY, "open_work", ["employer", "agent", "reference"])


def downgrade() -> None:
    op.drop_constraint(KEY, "open_work")
    op.execute(
        "DELETE FROM open_work AS one USING open_work AS other WHERE one.employer = other.employer"
        " AND one.agent = other.agent AND one.kind = other.kind AND one.reference > other.reference"
    )
    op.drop_column("open_work", "reference")
    op.create_primary_key(KEY, "open_work", ["employer", "agent", "kind"])
    op.drop_table("payment_review")
