"""What employers paid, on which statements, and which are late."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from kit.db import rls
from kit.db.schema import append_only

revision = "0006"
down_revision = "0005"

WRITTEN_ONCE = ("payment", "payment_allocation", "payment_cancellation")


def _required(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def _recorded() -> tuple[sa.Column[Any], sa.Column[Any]]:
    return _required("recorded_at", sa.DateTime(timezone=True)), _required("recorded_by", sa.Text())


def upgrade() -> None:
    op.create_table(
        "payment",
        sa.Column("id", sa.Uuid(), primary_key=True),
        *(_required(name, sa.Text()) for name in ("employer", "agreement", "insurer")),
        _required("received_on", sa.Date()),
        _required("amount", sa.BigInteger()),
        _required("reference", sa.Text()),
        *_recorded(),
        sa.UniqueConstraint("employer", "agreement", "insurer", "reference"),
        sa.CheckConstraint("amount > 0", name="ck_payment_amount"),
    )
    op.create_table(
        "payment_allocation",
        sa.Column("id", sa.Uuid(), primary_key=True),
        _required("employer", sa.Text()),
        _required("payment", sa.Uuid()),
        _required("statement", sa.Uuid()),
        _required("amount", sa.BigInteger()),
        *_recorded(),
        sa.CheckConstraint("amount <> 0", name="ck_payment_allocation_amount"),
    )
    op.create_index("ix_payment_allocation_payment", "payment_allocation", ["payment"])
    op.create_index("ix_payment_allocation_statement", "payment_allocation", ["statement"])
    op.create_table(
        "payment_cancellation",
        sa.Column("payment", sa.Uuid(), primary_key=True),
        *(_required(name, sa.Text()) for name in ("employer", "reason")),
        *_recorded(),
    )
    op.create_table(
        "payment_reminder",
        sa.Column("statement", sa.Uuid(), primary_key=True),
        _required("employer", sa.Text()),
        _required("due", sa.Date()),
        _required("opened_at", sa.DateTime(timezone=True)),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
    )
    for table in (*WRITTEN_ONCE, "payment_reminder"):
        rls.enable(op, table)
    for table in WRITTEN_ONCE:
        append_only(op, table)


def downgrade() -> None:
    for table in ("payment_reminder", *reversed(WRITTEN_ONCE)):
        op.drop_table(table)
