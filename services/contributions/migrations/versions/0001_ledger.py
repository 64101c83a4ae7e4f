"""Copies of terms and agents, pay as received, and the ledger of what was issued."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from kit.db import rls
from kit.db.schema import append_only, create_kit_tables, drop_kit_tables

revision = "0001"
down_revision = None

# The tables of tenants.
COPIES = ("agent_matricule", "employment", "affiliation", "option_election")
RECEIVED = ("pay_version", "pay_waiting")
ISSUED = ("run", "statement", "contribution_line", "statement_number")


def upgrade() -> None:
    create_kit_tables(op)
    op.create_table(
        "affiliation",
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("agent", sa.Uuid(), nullable=False),
        sa.Column("agreement", sa.Text(), nullable=False),
        sa.Column("timeline", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("employer", "agent", "agreement", name=op.f("pk_affiliation")),
    )
    op.create_index(op.f("ix_affiliation_agent"), "affiliation", ["agent"], unique=False)
    op.create_table(
        "agent_matricule",
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("matricule", sa.Text(), nullable=False),
        sa.Column("agent", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("employer", "matricule", name=op.f("pk_agent_matricule")),
    )
    op.create_index(op.f("ix_agent_matricule_agent"), "agent_matricule", ["agent"], unique=False)
    op.create_table(
        "agreement_terms",
        sa.Column("agreement", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("agreement", name=op.f("pk_agreement_terms")),
    )
    op.create_table(
        "contribution_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("agent", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("agreement", sa.Text(), nullable=False),
        sa.Column("insurer", sa.Text(), nullable=False),
        sa.Column("guarantee", sa.Text(), nullable=False),
        sa.Column("base", sa.BigInteger(), nullable=False),
        sa.Column("rate", sa.Numeric(precision=9, scale=6), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("employer_share", sa.BigInteger(), nullable=False),
        sa.Column("agent_share", sa.BigInteger(), nullable=False),
        sa.Column("regularisation", sa.Boolean(), nullable=False),
        sa.Column("unresolved", sa.Boolean(), nullable=False),
        sa.Column("run", sa.Uuid(), nullable=False),
        sa.Column("statement", sa.Uuid(), nullable=False),
        sa.CheckConstraint("amount = employer_share + agent_share", name=op.f("ck_contribution_line_shares")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contribution_line")),
    )
    op.create_index(
        op.f("ix_contribution_line_employer_month_agent"),
        "contribution_line",
        ["employer", "month", "agent"],
        unique=False,
    )
    op.create_index(op.f("ix_contribution_line_statement"), "contribution_line", ["statement"], unique=False)
    op.create_table(
        "employment",
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("agent", sa.Uuid(), nullable=False),
        sa.Column("employment", sa.Text(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=True),
        sa.Column("regime", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("employer", "agent", "employment", "starts", name=op.f("pk_employment")),
    )
    op.create_index(op.f("ix_employment_agent"), "employment", ["agent"], unique=False)
    op.create_table(
        "option_election",
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("agent", sa.Uuid(), nullable=False),
        sa.Column("guarantee", sa.Text(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("employer", "agent", "guarantee", "starts", name=op.f("pk_option_election")),
    )
    op.create_index(op.f("ix_option_election_agent"), "option_election", ["agent"], unique=False)
    op.create_table(
        "pay_version",
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("matricule", sa.Text(), nullable=False),
        sa.Column("employment", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("tib", sa.BigInteger(), nullable=False),
        sa.Column("nbi", sa.BigInteger(), nullable=False),
        sa.Column("ri", sa.BigInteger(), nullable=False),
        sa.Column("sft", sa.BigInteger(), nullable=False),
        sa.Column("ir", sa.BigInteger(), nullable=False),
        sa.Column("tpp", sa.BigInteger(), nullable=True),
        sa.Column("other", postgresql.JSONB(), nullable=False),
        sa.Column("share_of_pay", sa.Numeric(precision=9, scale=6), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.CheckConstraint("version > 0", name=op.f("ck_pay_version_version")),
        sa.PrimaryKeyConstraint("employer", "matricule", "employment", "month", "version", name=op.f("pk_pay_version")),
    )
    op.create_table(
        "pay_waiting",
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("matricule", sa.Text(), nullable=False),
        sa.Column("employment", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("employer", "matricule", "employment", "month", "version", name=op.f("pk_pay_waiting")),
    )
    op.create_table(
        "run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("rules_version", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run")),
    )
    op.create_index(op.f("ix_run_employer_id"), "run", ["employer", "id"], unique=False)
    op.create_table(
        "statement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("agreement", sa.Text(), nullable=False),
        sa.Column("insurer", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("run", sa.Uuid(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("employer_share", sa.BigInteger(), nullable=False),
        sa.Column("agent_share", sa.BigInteger(), nullable=False),
        sa.Column("totals", postgresql.JSONB(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_statement_number")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement")),
        sa.UniqueConstraint("employer", "number", name=op.f("uq_statement_employer_number")),
    )
    op.create_table(
        "statement_number",
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("employer", name=op.f("pk_statement_number")),
    )
    for table in COPIES + RECEIVED + ISSUED:
        rls.enable(op, table)
    for table in ("pay_version", "run", "statement", "contribution_line"):
        append_only(op, table)


def downgrade() -> None:
    for table in ("agreement_terms", *COPIES, *RECEIVED, *ISSUED):
        op.drop_table(table)
    drop_kit_tables(op)
