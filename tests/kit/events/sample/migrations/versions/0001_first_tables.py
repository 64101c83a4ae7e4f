"""First tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kit.db.schema import create_kit_tables, drop_kit_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_kit_tables(op)
    op.create_table(
        "applied",
        sa.Column("serial", sa.BigInteger(), sa.Identity(always=True), primary_key=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "state", sa.Column("key", sa.Text(), primary_key=True), sa.Column("digest", sa.Text(), nullable=False)
    )


def downgrade() -> None:
    op.drop_table("state")
    op.drop_table("applied")
    drop_kit_tables(op)
