"""Declarations that stand for earlier ones, and reports written in the background."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

COLUMNS = ("fraction", "replaced_by", "reconciliation")


def upgrade() -> None:
    op.add_column("dsn_declaration", sa.Column("fraction", sa.Text()))
    op.add_column("dsn_declaration", sa.Column("replaced_by", sa.Uuid()))
    op.add_column("dsn_declaration", sa.Column("reconciliation", sa.Uuid()))
    op.create_index("ix_dsn_declaration_employer_month", "dsn_declaration", ["employer", "month"])


def downgrade() -> None:
    op.drop_index("ix_dsn_declaration_employer_month", "dsn_declaration")
    for column in reversed(COLUMNS):
        op.drop_column("dsn_declaration", column)
