"""What was approved of each month: until now, what is decided of the claims that stand approved, or closed after that."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kit.db import rls

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "approved_month",
        sa.Column("claim", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("claim", "month", name=op.f("pk_approved_month")),
    )
    op.execute("""
        INSERT INTO approved_month (claim, month, employer, amount)
        SELECT DISTINCT ON (b.claim, b.month) b.claim, b.month, b.employer, b.benefit + b.ri_full_pay
          FROM benefit AS b JOIN claim_file AS f ON f.claim = b.claim
         WHERE f.stage = 'APPROVED'
            OR (f.stage = 'CLOSED' AND EXISTS (SELECT FROM claim_step AS s
                                                WHERE s.claim = b.claim AND s.stage = 'APPROVED'))
         ORDER BY b.claim, b.month, b.version DESC
    """)
    rls.enable(op, "approved_month")


def downgrade() -> None:
    op.drop_table("approved_month")
