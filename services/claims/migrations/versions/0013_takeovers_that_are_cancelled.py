"""Each statement that a claim is taken over is kept, and so is its cancellation: the last one of a leave counts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kit.db import rls
from kit.db.schema import append_only

revision = "0013"
down_revision = "0012"

KEY = ["employer", "agent", "leave"]


def upgrade() -> None:
    op.add_column("takeover", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.add_column("takeover", sa.Column("cancelled", sa.Text(), nullable=True))
    op.alter_column("takeover", "version", server_default=None)
    op.drop_constraint(op.f("pk_takeover"), "takeover")
    op.create_primary_key(op.f("pk_takeover"), "takeover", [*KEY, "version"])
    append_only(op, "takeover")


def downgrade() -> None:
    """Of each leave what counts stays."""
    op.execute("DROP TRIGGER takeover_append_only ON takeover")
    op.execute(f"GRANT UPDATE, DELETE ON takeover TO {', '.join(rls.roles(op))}")
    op.execute("""
        DELETE FROM takeover AS t
         WHERE t.cancelled IS NOT NULL
            OR t.version < (SELECT max(l.version) FROM takeover AS l
                             WHERE (l.employer, l.agent, l.leave) = (t.employer, t.agent, t.leave))
    """)
    op.drop_constraint(op.f("pk_takeover"), "takeover")
    op.drop_column("takeover", "cancelled")
    op.drop_column("takeover", "version")
    op.create_primary_key(op.f("pk_takeover"), "takeover", KEY)
