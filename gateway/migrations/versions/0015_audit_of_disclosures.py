"""The audit trail names the agents of whom a page of a feed, or a delivery, told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.add_column("audit_entry", sa.Column("agents", ARRAY(sa.Uuid())))
    op.create_index(
        "ix_audit_entry_agents",
        "audit_entry",
        ["agents"],
        postgresql_using="gin",
        # Entries wait for one another: none is to empty a list of those before it.
        postgresql_with={"fastupdate": "off"},
        postgresql_where=sa.text("agents IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_audit_entry_agents", "audit_entry")
    op.drop_column("audit_entry", "agents")
