"""The audit trail: appended to by the gateway, changed by nobody."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kit.db import rls

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("position", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("acting", sa.Text()),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text()),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.Text()),
        sa.Column("trace", sa.Text()),
        sa.Column("digest", sa.Text(), nullable=False),
    )
    op.create_index("ix_audit_entry_agent", "audit_entry", ["agent", "position"])
    op.create_index("ix_audit_entry_client", "audit_entry", ["client", "position"])
    op.execute(
        "CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'the audit trail is append-only'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE ON audit_entry"
        " FOR EACH ROW EXECUTE FUNCTION audit_is_append_only()"
    )
    for role in rls.roles(op):
        op.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON audit_entry FROM {role}")


def downgrade() -> None:
    op.drop_table("audit_entry")
    op.execute("DROP FUNCTION audit_is_append_only()")
