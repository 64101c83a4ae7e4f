"""Changes beyond their bound wait for a person; months are closed, and reopened with a reason."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kit.db import rls
from kit.db.schema import append_only

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "parked_change",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("bound", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("change", sa.BigInteger(), nullable=False),
        sa.Column("limit", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True)),
        sa.Column("settled_by", sa.Text()),
        sa.Column("reason", sa.Text()),
        sa.CheckConstraint("state IN ('OPEN', 'RELEASED', 'ISSUED', 'GONE')", name="ck_parked_change_state"),
    )
    op.create_index("ix_parked_change_employer_id", "parked_change", ["employer", "id"])
    op.create_index(
        "uq_parked_change_open",
        "parked_change",
        ["employer", "agent", "bound"],
        unique=True,
        postgresql_where=sa.text("state IN ('OPEN', 'RELEASED')"),
    )
    op.create_table(
        "month_closing",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.Column("cut_off", sa.DateTime(timezone=True)),
        sa.Column("reason", sa.Text()),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
    )
    op.create_index("ix_month_closing_employer_id", "month_closing", ["employer", "id"])
    for table in ("parked_change", "month_closing"):
        rls.enable(op, table)
    append_only(op, "month_closing")


def downgrade() -> None:
    for table in ("month_closing", "parked_change"):
        op.drop_table(table)
