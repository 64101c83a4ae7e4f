"""Copies of terms and agents, pay as received, and the ledger of what was issued."""

from __future__ import annotations

from typing import Any

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
    _copies()
    _received()
    _runs()
    _lines()
    for table in COPIES + RECEIVED + ISSUED:
        rls.enable(op, table)
    for table in ("pay_version", "run", "statement", "contribution_line"):
        append_only(op, table)


def _required(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def _copies() -> None:
    op.create_table(
        "agreement_terms",
        sa.Column("agreement", sa.Text(), primary_key=True),
        _required("version", sa.Integer()),
        _required("document", postgresql.JSONB()),
    )
    op.create_table(
        "agent_matricule",
        _required("employer", sa.Text()),
        _required("matricule", sa.Text()),
        _required("agent", sa.Uuid()),
        sa.PrimaryKeyConstraint("employer", "matricule"),
    )
    op.create_table(
        "employment",
        _required("employer", sa.Text()),
        _required("agent", sa.Uuid()),
        _required("employment", sa.Text()),
        _required("starts", sa.Date()),
        sa.Column("ends", sa.Date()),
        sa.Column("number", sa.Text()),
        _required("regime", sa.Text()),
        sa.Column("category", sa.Text()),
        sa.PrimaryKeyConstraint("employer", "agent", "employment", "starts"),
    )
    op.create_table(
        "affiliation",
        _required("employer", sa.Text()),
        _required("agent", sa.Uuid()),
        _required("agreement", sa.Text()),
        _required("timeline", postgresql.JSONB()),
        sa.PrimaryKeyConstraint("employer", "agent", "agreement"),
    )
    op.create_table(
        "option_election",
        _required("employer", sa.Text()),
        _required("agent", sa.Uuid()),
        _required("guarantee", sa.Text()),
        _required("starts", sa.Date()),
        sa.Column("ends", sa.Date()),
        sa.PrimaryKeyConstraint("employer", "agent", "guarantee", "starts"),
    )
    for table in COPIES:
        op.create_index(f"ix_{table}_agent", table, ["agent"])


def _received() -> None:
    key = ("employer", "matricule", "employment", "month", "version")
    op.create_table(
        "pay_version",
        _required("employer", sa.Text()),
        _required("matricule", sa.Text()),
        _required("employment", sa.Text()),
        _required("month", sa.Date()),
        _required("version", sa.Integer()),
        *(_required(name, sa.BigInteger()) for name in ("tib", "nbi", "ri", "sft", "ir")),
        sa.Column("tpp", sa.BigInteger()),
        _required("other", postgresql.JSONB()),
        sa.Column("share_of_pay", sa.Numeric(9, 6)),
        _required("recorded_at", sa.DateTime(timezone=True)),
        _required("recorded_by", sa.Text()),
        sa.PrimaryKeyConstraint(*key),
        sa.CheckConstraint("version > 0", name="ck_pay_version_version"),
    )
    op.create_table(
        "pay_waiting",
        _required("employer", sa.Text()),
        _required("matricule", sa.Text()),
        _required("employment", sa.Text()),
        _required("month", sa.Date()),
        _required("version", sa.Integer()),
        sa.PrimaryKeyConstraint(*key),
    )


def _runs() -> None:
    op.create_table(
        "run",
        sa.Column("id", sa.Uuid(), primary_key=True),
        _required("employer", sa.Text()),
        _required("month", sa.Date()),
        _required("rules_version", sa.Text()),
        _required("recorded_at", sa.DateTime(timezone=True)),
        _required("recorded_by", sa.Text()),
    )
    op.create_index("ix_run_employer_id", "run", ["employer", "id"])
    op.create_table(
        "statement",
        sa.Column("id", sa.Uuid(), primary_key=True),
        _required("employer", sa.Text()),
        _required("number", sa.Integer()),
        _required("agreement", sa.Text()),
        _required("insurer", sa.Text()),
        _required("month", sa.Date()),
        _required("run", sa.Uuid()),
        _required("lines", sa.Integer()),
        *(_required(name, sa.BigInteger()) for name in ("amount", "employer_share", "agent_share")),
        _required("totals", postgresql.JSONB()),
        _required("recorded_at", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("employer", "number"),
        sa.CheckConstraint("number > 0", name="ck_statement_number"),
    )
    op.create_table(
        "statement_number",
        sa.Column("employer", sa.Text(), primary_key=True),
        _required("last", sa.Integer()),
    )


def _lines() -> None:
    op.create_table(
        "contribution_line",
        sa.Column("id", sa.Uuid(), primary_key=True),
        _required("employer", sa.Text()),
        _required("agent", sa.Uuid()),
        _required("month", sa.Date()),
        _required("agreement", sa.Text()),
        _required("insurer", sa.Text()),
        _required("guarantee", sa.Text()),
        _required("base", sa.BigInteger()),
        _required("rate", sa.Numeric(9, 6)),
        *(_required(name, sa.BigInteger()) for name in ("amount", "employer_share", "agent_share")),
        _required("regularisation", sa.Boolean()),
        _required("unresolved", sa.Boolean()),
        _required("run", sa.Uuid()),
        _required("statement", sa.Uuid()),
        sa.CheckConstraint("amount = employer_share + agent_share", name="ck_contribution_line_shares"),
    )
    op.create_index("ix_contribution_line_employer_month_agent", "contribution_line", ["employer", "month", "agent"])
    op.create_index("ix_contribution_line_statement", "contribution_line", ["statement"])


def downgrade() -> None:
    for table in ("agreement_terms", *COPIES, *RECEIVED, *ISSUED):
        op.drop_table(table)
    drop_kit_tables(op)
