"""Several payments of a month that is no longer due may come, each after the decision that says so."""

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision = "0014"

UNIQUE = op.f("uq_overpayment_decision_month")


def upgrade() -> None:
    op.drop_constraint(UNIQUE, "overpayment")


def downgrade() -> None:
    op.create_unique_constraint(UNIQUE, "overpayment", ["decision", "month"])
