"""What dry runs of every employer found would be issued, and statements by month."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kit.db import rls

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "run_forecast",
        sa.Column("employer", sa.Text(), primary_key=True),
        sa.Column("month", sa.Date(), primary_key=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("regularised", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("lines", "agents", "held", "unknown", "parked")),
        sa.Column("refused", sa.Text()),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
    )
    rls.enable(op, "run_forecast")
    op.create_index("ix_statement_month_employer", "statement", ["month", "employer"])
    op.create_index("ix_parked_change_open", "parked_change", ["employer"], postgresql_where=sa.text("state = 'OPEN'"))


def downgrade() -> None:
    op.drop_index("ix_parked_change_open", "parked_change")
    op.drop_index("ix_statement_month_employer", "statement")
    op.drop_table("run_forecast")
