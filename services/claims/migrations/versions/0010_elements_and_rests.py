"""The elements of pay that accords may count, and the rest of a capital that an IAD paid a part of.

Pay told before has nothing of them until the projection is built again.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

ELEMENTS = ("sft", "ir", "other")
FORMER = op.f("uq_capital_employer_agent_guarantee_version")
UNIQUE = op.f("uq_capital_employer_agent_guarantee_rest_version")


def upgrade() -> None:
    for element in ELEMENTS:
        op.add_column("pay_month", sa.Column(element, sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("capital", sa.Column("rest", sa.Boolean(), server_default="false", nullable=False))
    op.drop_constraint(FORMER, "capital")
    op.create_unique_constraint(UNIQUE, "capital", ["employer", "agent", "guarantee", "rest", "version"])


def downgrade() -> None:
    op.drop_constraint(UNIQUE, "capital")
    op.create_unique_constraint(FORMER, "capital", ["employer", "agent", "guarantee", "version"])
    op.drop_column("capital", "rest")
    for element in ELEMENTS:
        op.drop_column("pay_month", element)
