"""The agent's file: persons, employments, leaves, invalidities, options, and the decisions about cover."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from kit.db import rls
from kit.db.schema import create_kit_tables, drop_kit_tables

revision = "0001"
down_revision = None

TENANT_TABLES = (
    "agent_employer",
    "employment",
    "leave_entry",
    "invalidity",
    "option_election",
    "agreement_employer",
    "affiliation",
    "employment_told",
)


def twice_dated() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("valid", postgresql.DATERANGE(), nullable=False),
        sa.Column("recorded", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
    )


def one_at_a_time(name: str, *columns: str) -> postgresql.ExcludeConstraint:
    elements = [(column, "=") for column in columns]
    return postgresql.ExcludeConstraint(*elements, ("valid", "&&"), ("recorded", "&&"), using="gist", name=name)


def owned(*columns: sa.Column[Any]) -> tuple[sa.Column[Any], ...]:
    """A fact of one agent with one employer."""
    return (
        sa.Column("fact", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        *columns,
        sa.Column("agent", sa.Uuid(), nullable=False),
        sa.Column("employer", sa.Text(), nullable=False),
    )


def upgrade() -> None:
    create_kit_tables(op)
    _persons()
    _facts()
    _decisions()
    for table in TENANT_TABLES:
        rls.enable(op, table)
    _shared_person()


def _persons() -> None:
    op.create_table(
        "person",
        sa.Column("nir_index", sa.Text(), primary_key=True),
        sa.Column("agent", sa.Uuid(), nullable=False),
        sa.UniqueConstraint("agent"),
    )
    op.create_table(
        "agent",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.Column("nir", sa.LargeBinary(), nullable=False),
        sa.Column("identity", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
    )
    op.create_table(
        "agent_employer",
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("matricule", sa.Text(), nullable=False),
        sa.Column("agent", sa.Uuid(), nullable=False),
        sa.Column("prior_collective_cover", sa.Boolean(), nullable=False),
        sa.Column("hire_mark", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("employer", "matricule"),
    )
    op.create_index("ix_agent_employer_agent", "agent_employer", ["agent"])


def _facts() -> None:
    op.create_table(
        "employment",
        *owned(),
        sa.Column("matricule", sa.Text(), nullable=False),
        sa.Column("contract_number", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("contract", sa.Text()),
        sa.Column("weekly_hours", sa.Numeric(5, 2), nullable=False),
        sa.Column("category", sa.Text()),
        sa.Column("art_teaching", sa.Text()),
        sa.Column("service_start", sa.Date()),
        *twice_dated(),
        one_at_a_time("ex_employment_id", "id"),
        one_at_a_time("ex_employment_contract", "employer", "matricule", "contract_number"),
    )
    op.create_table(
        "leave_entry",
        *owned(sa.Column("leave", sa.Uuid(), nullable=False)),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("paid", sa.Boolean(), nullable=False),
        sa.Column("waiting_days", sa.Integer()),
        sa.Column("seniority_days", sa.Integer()),
        *twice_dated(),
        one_at_a_time("ex_leave_entry_id", "id"),
        one_at_a_time("ex_leave_entry_position", "agent", "employer"),
    )
    op.create_index("ix_leave_entry_leave", "leave_entry", ["leave"])
    op.create_table(
        "invalidity",
        *owned(),
        sa.Column("cnracl_rate", sa.Numeric(9, 6)),
        sa.Column("ss_category", sa.Text()),
        sa.Column("atmp_rate", sa.Numeric(9, 6)),
        sa.Column("pension_net", sa.BigInteger(), nullable=False),
        *twice_dated(),
        one_at_a_time("ex_invalidity_id", "id"),
        one_at_a_time("ex_invalidity_agent", "agent", "employer"),
    )
    op.create_table(
        "option_election",
        *owned(),
        sa.Column("guarantee", sa.Text(), nullable=False),
        *twice_dated(),
        one_at_a_time("ex_option_election_id", "id"),
        one_at_a_time("ex_option_election_guarantee", "agent", "employer", "guarantee"),
    )
    for table in ("employment", "leave_entry", "invalidity", "option_election"):
        op.create_index(f"ix_{table}_agent", table, ["agent"])


def _decisions() -> None:
    op.create_table(
        "agreement_terms",
        sa.Column("agreement", sa.Text(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
    )
    op.create_table(
        "agreement_employer",
        sa.Column("agreement", sa.Text(), nullable=False),
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("valid", postgresql.DATERANGE(), nullable=False),
        sa.PrimaryKeyConstraint("agreement", "employer"),
    )
    op.create_table(
        "affiliation",
        sa.Column("agent", sa.Uuid(), nullable=False),
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("agreement", sa.Text(), nullable=False),
        sa.Column("decision", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("told", postgresql.JSONB(), nullable=False),
        sa.Column("again_on", sa.Date()),
        sa.PrimaryKeyConstraint("agent", "employer", "agreement"),
    )
    op.create_index("ix_affiliation_again_on", "affiliation", ["again_on"])
    op.create_table(
        "employment_told",
        sa.Column("employment", sa.Uuid(), primary_key=True),
        sa.Column("agent", sa.Uuid(), nullable=False),
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("stretches", postgresql.JSONB(), nullable=False),
    )
    op.create_index("ix_employment_told_agent", "employment_told", ["agent"])
    op.create_table(
        "redecision",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), primary_key=True),
        sa.Column("agent", sa.Uuid(), nullable=False),
        sa.Column("correlation", sa.Text()),
        sa.Column("causation", sa.Text()),
        sa.Column("traceparent", sa.Text()),
    )


def _shared_person() -> None:
    """A person is seen by whoever employs them; the rows of one employer stay hidden from the other."""
    api = rls.role(op, "api")
    op.execute("ALTER TABLE agent ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE agent FORCE ROW LEVEL SECURITY")
    for kind in ("worker", "migrator"):
        op.execute(f"CREATE POLICY agent_{kind} ON agent TO {rls.role(op, kind)} USING (true) WITH CHECK (true)")
    employed = "(EXISTS (SELECT FROM agent_employer held WHERE held.agent = agent.id))"
    op.execute(f"CREATE POLICY agent_read ON agent FOR SELECT TO {api} USING {employed}")
    op.execute(f"CREATE POLICY agent_change ON agent FOR UPDATE TO {api} USING {employed}")
    op.execute(f"CREATE POLICY agent_write ON agent FOR INSERT TO {api} WITH CHECK (true)")
    op.execute(f"REVOKE UPDATE, DELETE ON person FROM {api}")
    op.execute(f"REVOKE SELECT, UPDATE, DELETE ON redecision FROM {api}")


def downgrade() -> None:
    for table in (*TENANT_TABLES, "redecision", "agreement_terms", "agent", "person"):
        op.drop_table(table)
    drop_kit_tables(op)
