"""Accounts that staff administer: a role, a département, an invitation, a version."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("account", sa.Column("role", sa.Text()))
    op.add_column("account", sa.Column("department", sa.Text()))
    op.add_column("account", sa.Column("invitation", sa.Text()))
    op.add_column("account", sa.Column("invited_until", sa.DateTime(timezone=True)))
    op.add_column("account", sa.Column("changed_by", sa.Text()))
    op.add_column("account", sa.Column("version", sa.BigInteger(), nullable=False, server_default=sa.text("1")))


def downgrade() -> None:
    for column in ("version", "changed_by", "invited_until", "invitation", "department", "role"):
        op.drop_column("account", column)
