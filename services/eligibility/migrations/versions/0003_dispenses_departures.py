"""Dispenses, departures, and what was known of a person before it was changed."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from kit.db import rls

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "dispense",
        sa.Column("fact", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agent", sa.Uuid(), nullable=False),
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("requested_on", sa.Date(), nullable=False),
        sa.Column("individual_cover", sa.Boolean(), nullable=False),
        sa.Column("proofs", sa.ARRAY(sa.Date()), nullable=False),
        sa.Column("valid", postgresql.DATERANGE(), nullable=False),
        sa.Column("recorded", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        _excluding("ex_dispense_id", "id", also=("valid",)),
        _excluding("ex_dispense_request", "agent", "employer", "requested_on"),
        sa.PrimaryKeyConstraint("fact", name=op.f("pk_dispense")),
    )
    op.create_table(
        "departure",
        sa.Column("fact", sa.Uuid(), nullable=False),
        sa.Column("agent", sa.Uuid(), nullable=False),
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("replaced", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("recorded", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        _excluding("ex_departure_day", "agent", "employer", "left_on"),
        sa.PrimaryKeyConstraint("fact", name=op.f("pk_departure")),
    )
    op.create_table(
        "agent_past",
        sa.Column("fact", sa.Uuid(), nullable=False),
        sa.Column("agent", sa.Uuid(), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=False),
        sa.Column("nir", sa.LargeBinary(), nullable=False),
        sa.Column("identity", sa.LargeBinary(), nullable=False),
        sa.Column("recorded", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("fact", name=op.f("pk_agent_past")),
    )
    for table in ("dispense", "departure", "agent_past"):
        op.create_index(op.f(f"ix_{table}_agent"), table, ["agent"], unique=False)
    for table in ("dispense", "departure"):
        rls.enable(op, table)
    rls.enable_through(op, "agent_past", "agent", "agent")
    _correctable_person()


def _excluding(name: str, *columns: str, also: tuple[str, ...] = ()) -> postgresql.ExcludeConstraint:
    ranges: list[Any] = [(sa.column(column), "&&") for column in (*also, "recorded")]
    return postgresql.ExcludeConstraint(
        *((sa.column(column), "=") for column in columns), *ranges, using="gist", name=name
    )


def _correctable_person() -> None:
    """A NIR may be corrected by who employs the person; anybody may still ask whose it is, or enter a new one."""
    api = rls.role(op, "api")
    op.execute("ALTER TABLE person ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE person FORCE ROW LEVEL SECURITY")
    for kind in ("worker", "migrator"):
        op.execute(f"CREATE POLICY person_{kind} ON person TO {rls.role(op, kind)} USING (true) WITH CHECK (true)")
    employed = "(EXISTS (SELECT FROM agent_employer held WHERE held.agent = person.agent))"
    op.execute(f"CREATE POLICY person_read ON person FOR SELECT TO {api} USING (true)")
    op.execute(f"CREATE POLICY person_write ON person FOR INSERT TO {api} WITH CHECK (true)")
    op.execute(f"CREATE POLICY person_change ON person FOR UPDATE TO {api} USING {employed}")
    op.execute(f"GRANT UPDATE (nir_index) ON person TO {api}")


def downgrade() -> None:
    op.execute(f"REVOKE UPDATE (nir_index) ON person FROM {rls.role(op, 'api')}")
    for name in ("worker", "migrator", "read", "write", "change"):
        op.execute(f"DROP POLICY person_{name} ON person")
    op.execute("ALTER TABLE person NO FORCE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE person DISABLE ROW LEVEL SECURITY")
    for table in ("agent_past", "departure", "dispense"):
        op.drop_index(op.f(f"ix_{table}_agent"), table_name=table)
        op.drop_table(table)
