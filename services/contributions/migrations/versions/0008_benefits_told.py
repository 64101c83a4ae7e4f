"""What claims decided, for the yearly account of a contract."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from kit.db import rls

revision = "0008"
down_revision = "0007"

TABLES = ("claim_opening", "claim_month", "claim_annuity", "claim_capital")


def _required(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def _whose() -> tuple[sa.Column[Any], ...]:
    return _required("employer", sa.Text()), _required("agent", sa.Uuid()), _required("agreement", sa.Text())


def upgrade() -> None:
    op.create_table(
        "claim_opening",
        sa.Column("claim", sa.Uuid(), primary_key=True),
        *_whose(),
        _required("opened_on", sa.Date()),
    )
    op.create_table(
        "claim_month",
        sa.Column("claim", sa.Uuid(), primary_key=True),
        sa.Column("month", sa.Date(), primary_key=True),
        *_whose(),
        _required("version", sa.Integer()),
        *(_required(name, sa.BigInteger()) for name in ("benefit", "ri_full_pay")),
    )
    op.create_table(
        "claim_annuity",
        sa.Column("annuity", sa.Uuid(), primary_key=True),
        *_whose(),
        sa.Column("claim", sa.Uuid()),
        _required("version", sa.Integer()),
        _required("starts", sa.Date()),
        sa.Column("ends", sa.Date()),
        _required("steps", JSONB()),
    )
    op.create_table(
        "claim_capital",
        sa.Column("capital", sa.Uuid(), primary_key=True),
        *_whose(),
        _required("guarantee", sa.Text()),
        _required("version", sa.Integer()),
        _required("due", sa.Date()),
        _required("amount", sa.BigInteger()),
    )
    op.create_index("ix_claim_opening_agreement_opened_on", "claim_opening", ["agreement", "opened_on"])
    op.create_index("ix_claim_month_agreement_month", "claim_month", ["agreement", "month"])
    op.create_index("ix_claim_annuity_agreement", "claim_annuity", ["agreement"])
    op.create_index("ix_claim_capital_agreement_due", "claim_capital", ["agreement", "due"])
    for table in TABLES:
        op.create_index(f"ix_{table}_agent", table, ["agent"])
        rls.enable(op, table)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
