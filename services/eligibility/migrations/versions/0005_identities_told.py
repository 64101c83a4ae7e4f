"""How many changes of a person's identity each employer was told of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    told = sa.Column("changes_told", sa.Integer(), server_default="0", nullable=False)
    op.add_column("agent_employer", told)


def downgrade() -> None:
    op.drop_column("agent_employer", "changes_told")
