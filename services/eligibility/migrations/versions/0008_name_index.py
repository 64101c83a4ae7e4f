"""Agents are found by their last name, whose keyed fingerprint is kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("agent", sa.Column("name_index", sa.Text()))
    op.create_index("ix_agent_name_index", "agent", ["name_index"])


def downgrade() -> None:
    op.drop_index("ix_agent_name_index", "agent")
    op.drop_column("agent", "name_index")
