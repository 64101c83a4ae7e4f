"""Keys of persons stand apart from their rows, and their processing may be restricted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kit.db import data_subjects, rls
from kit.db.schema import append_only

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    data_subjects.create(op)
    op.execute("INSERT INTO data_subject (agent, wrapped_key) SELECT id, wrapped_key FROM agent")
    op.drop_column("agent", "wrapped_key")
    op.create_table(
        "restriction",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("agent", sa.Uuid(), nullable=False),
        sa.Column("restricted", sa.Boolean(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
    )
    op.create_index("ix_restriction_agent", "restriction", ["agent"])
    append_only(op, "restriction")
    # Whoever erases a person must find the rows and delete them; what they hold stays out of reach.
    op.execute(f"GRANT SELECT (agent), DELETE ON leave_cause TO {rls.role(op, 'api')}")
    op.execute(f"GRANT DELETE ON person TO {rls.role(op, 'api')}")
    op.execute(
        f"CREATE POLICY person_erase ON person FOR DELETE TO {rls.role(op, 'api')}"
        " USING (EXISTS (SELECT FROM agent_employer held WHERE held.agent = person.agent))"
    )


def downgrade() -> None:
    """Whoever is erased has no key to give back."""
    op.execute("DROP POLICY person_erase ON person")
    op.execute(f"REVOKE DELETE ON person FROM {rls.role(op, 'api')}")
    op.execute(f"REVOKE SELECT (agent), DELETE ON leave_cause FROM {rls.role(op, 'api')}")
    op.drop_table("restriction")
    op.add_column("agent", sa.Column("wrapped_key", sa.LargeBinary()))
    op.execute(
        "UPDATE agent SET wrapped_key = coalesce(s.wrapped_key, '') FROM data_subject s WHERE s.agent = agent.id"
    )
    op.execute("UPDATE agent SET wrapped_key = '' WHERE wrapped_key IS NULL")
    op.alter_column("agent", "wrapped_key", nullable=False)
    op.drop_table("data_subject")
