"""First tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from kit.db import data_subjects, rls
from kit.db.schema import append_only, create_kit_tables, drop_kit_tables
from kit.db.temporal import no_overlap

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_kit_tables(op)
    data_subjects.create(op)
    op.create_table(
        "note",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
    )
    op.create_index("ix_note_employer", "note", ["employer"])
    op.create_table(
        "note_line",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("note", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.BigInteger()),
        sa.Column("rate", sa.Numeric(9, 6)),
        sa.Column("month", sa.Date()),
        sa.Column("period", postgresql.DATERANGE()),
    )
    op.create_table(
        "ledger_line",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
    )
    op.create_table(
        "fact",
        sa.Column("row", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("valid", postgresql.DATERANGE(), nullable=False),
        sa.Column("recorded", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        no_overlap("fact"),
    )
    op.create_index("ix_fact_current", "fact", ["id"], postgresql_where=sa.text("upper_inf(recorded)"))
    rls.enable(op, "fact")
    rls.enable(op, "note")
    rls.enable_through(op, "note_line", parent="note", column="note")
    rls.enable(op, "ledger_line")
    append_only(op, "ledger_line")


def downgrade() -> None:
    for table in ("fact", "ledger_line", "note_line", "note", "data_subject"):
        op.drop_table(table)
    drop_kit_tables(op)
