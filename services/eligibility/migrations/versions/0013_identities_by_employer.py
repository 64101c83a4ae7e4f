"""Who an agent is, as each of its employers states it; a death that an employer denies."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kit.db import rls

revision = "0013"
down_revision = "0012"

# What a NIR is known with, asked by who may not see who states it: two answers, never a name or a date. An employer's
# own statement counts before those of others; what nobody states is not known otherwise.
STATED_OTHERWISE = """
    CREATE FUNCTION stated_otherwise(employers text[], agents uuid[], born date[], named text[])
    RETURNS TABLE (number bigint, born_otherwise boolean, named_otherwise boolean)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
        SELECT asked.number,
               coalesce(bool_and(held.birth_date <> asked.born), false),
               coalesce(bool_and(held.name_index <> asked.named) FILTER (WHERE held.employer = asked.employer),
                        bool_and(held.name_index <> asked.named), false)
          FROM unnest(employers, agents, born, named) WITH ORDINALITY AS asked (employer, agent, born, named, number)
          LEFT JOIN identity held ON held.agent = asked.agent
         GROUP BY asked.number
         ORDER BY asked.number
    $$
"""
SIGNATURE = "stated_otherwise(text[], uuid[], date[], text[])"


def upgrade() -> None:
    _identity()
    _past()
    for column in ("version", "birth_date", "nir", "identity", "name_index", "recorded_at", "recorded_by"):
        op.drop_column("agent", column)
    op.drop_column("agent_employer", "changes_told")
    _nirs()
    op.execute(STATED_OTHERWISE)
    op.execute(f"REVOKE EXECUTE ON FUNCTION {SIGNATURE} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {SIGNATURE} TO {rls.role(op, 'api')}, {rls.role(op, 'worker')}")
    op.add_column("death", sa.Column("denied", sa.Boolean(), server_default=sa.false(), nullable=False))


def _identity() -> None:
    """Each employer is given what was known with all of them."""
    op.create_table(
        "identity",
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("agent", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=False),
        sa.Column("nir", sa.LargeBinary(), nullable=False),
        sa.Column("nir_index", sa.Text()),
        sa.Column("names", sa.LargeBinary(), nullable=False),
        sa.Column("name_index", sa.Text()),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("employer", "agent", name=op.f("pk_identity")),
    )
    op.execute("""
        INSERT INTO identity
        SELECT held.employer, a.id, a.version, a.birth_date, a.nir, p.nir_index, a.identity, a.name_index,
               a.recorded_at, a.recorded_by
          FROM (SELECT DISTINCT employer, agent FROM agent_employer) held
          JOIN agent a ON a.id = held.agent
          LEFT JOIN person p ON p.agent = a.id
    """)
    op.create_index(op.f("ix_identity_agent"), "identity", ["agent"])
    op.create_index(op.f("ix_identity_name_index"), "identity", ["name_index"])
    rls.enable(op, "identity")


def _past() -> None:
    """What was known before is given to those who employed the agent then."""
    op.rename_table("agent_past", "identity_past")
    op.alter_column("identity_past", "identity", new_column_name="names")
    op.execute("ALTER INDEX ix_agent_past_agent RENAME TO ix_identity_past_agent")
    op.execute("ALTER TABLE identity_past RENAME CONSTRAINT pk_agent_past TO pk_identity_past")
    op.add_column("identity_past", sa.Column("employer", sa.Text()))
    op.execute("""
        INSERT INTO identity_past (fact, employer, agent, birth_date, nir, names, recorded, recorded_by)
        SELECT gen_random_uuid(), held.employer, past.agent, past.birth_date, past.nir, past.names, past.recorded,
               past.recorded_by
          FROM identity_past past
          JOIN (SELECT employer, agent, min(recorded_at) AS since FROM agent_employer GROUP BY employer, agent) held
            ON held.agent = past.agent AND held.since < upper(past.recorded)
    """)
    op.execute("DELETE FROM identity_past WHERE employer IS NULL")
    op.alter_column("identity_past", "employer", nullable=False)
    for kind in ("api", "worker", "migrator"):
        op.execute(f"DROP POLICY agent_past_{kind} ON identity_past")
    rls.enable(op, "identity_past")


def _nirs() -> None:
    """A person may be known by several NIRs, each stated by an employer; the worker lets go of those nobody states."""
    api = rls.role(op, "api")
    op.drop_constraint("uq_person_agent", "person", type_="unique")
    op.create_index(op.f("ix_person_agent"), "person", ["agent"])
    op.execute("DROP POLICY person_change ON person")
    op.execute(f"REVOKE UPDATE (nir_index) ON person FROM {api}")


def downgrade() -> None:
    """Who an agent is would have to be one of several statements."""
    raise NotImplementedError
