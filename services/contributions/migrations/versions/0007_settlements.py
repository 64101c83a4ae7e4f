"""Settlements with insurers."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from kit.db import rls
from kit.db.schema import append_only

revision = "0007"
down_revision = "0006"

TENANTS = ("settlement_statement", "settlement_line")


def _required(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def upgrade() -> None:
    op.create_table(
        "settlement",
        sa.Column("id", sa.Uuid(), primary_key=True),
        _required("insurer", sa.Text()),
        _required("number", sa.Integer()),
        _required("month", sa.Date()),
        _required("recorded_at", sa.DateTime(timezone=True)),
        _required("recorded_by", sa.Text()),
        sa.UniqueConstraint("insurer", "number"),
        sa.CheckConstraint("number > 0", name="ck_settlement_number"),
    )
    op.create_table(
        "settlement_statement",
        sa.Column("statement", sa.Uuid(), primary_key=True),
        _required("settlement", sa.Uuid()),
        *(_required(name, sa.Text()) for name in ("employer", "agreement")),
    )
    op.create_index("ix_settlement_statement_settlement_agreement", "settlement_statement", ["settlement", "agreement"])
    op.create_table(
        "settlement_line",
        sa.Column("settlement", sa.Uuid(), primary_key=True),
        *(sa.Column(name, sa.Text(), primary_key=True) for name in ("agreement", "employer", "guarantee")),
        _required("lines", sa.Integer()),
        *(_required(name, sa.BigInteger()) for name in ("base", "amount", "employer_share", "agent_share")),
        sa.CheckConstraint("amount = employer_share + agent_share", name="ck_settlement_line_shares"),
    )
    op.create_table(
        "settlement_number",
        sa.Column("insurer", sa.Text(), primary_key=True),
        _required("last", sa.Integer()),
    )
    for table in TENANTS:
        rls.enable(op, table)
    for table in ("settlement", *TENANTS):
        append_only(op, table)


def downgrade() -> None:
    for table in ("settlement_number", "settlement_line", "settlement_statement", "settlement"):
        op.drop_table(table)
