"""Which insurers the registry of organisations knows: those that a client or a person can stand for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kit.db import rls

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.create_table("insurer", sa.Column("code", sa.Text(), primary_key=True))
    op.execute(f"REVOKE INSERT, UPDATE, DELETE ON insurer FROM {rls.role(op, 'api')}")


def downgrade() -> None:
    op.drop_table("insurer")
