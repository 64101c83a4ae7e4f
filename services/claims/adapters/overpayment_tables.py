"""The tables of overpayments: what must be paid back, what was settled of it, its schedule. Rows never change."""

from __future__ import annotations

from typing import Final

from sqlalchemy import CheckConstraint, Column, Date, ForeignKey, Integer, Table, Text

from kit.db.types import Id, Instant, MoneyColumn, MonthColumn
from services.claims.adapters.tables import metadata

# A month that was paid and is no longer due. `thing`: the claim, the annuity or the capital it was paid for.
overpayment: Final = Table(
    "overpayment",
    metadata,
    Column("id", Id, primary_key=True),
    Column("employer", Text, nullable=False),
    Column("agent", Id, nullable=False, index=True),
    Column("agreement", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("thing", Id, nullable=False, index=True),
    Column("claim", Id),
    Column("month", MonthColumn, nullable=False),
    Column("decision", Id, nullable=False),
    Column("amount", MoneyColumn, nullable=False),
    Column("opened_on", Date, nullable=False),
    Column("employer_until", Date, nullable=False),
    Column("employer_reference", Text, nullable=False),
    Column("insurer_until", Date),
    Column("insurer_reference", Text, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    CheckConstraint("amount > 0", name="amount"),
)

overpayment_movement: Final = Table(
    "overpayment_movement",
    metadata,
    Column("id", Id, primary_key=True),
    Column("employer", Text, nullable=False),
    Column("overpayment", Id, ForeignKey("overpayment.id"), nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("amount", MoneyColumn, nullable=False),
    Column("happened_on", Date, nullable=False),
    Column("ground", Text),
    Column("note", Text),
    Column("decision", Id),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", Text, nullable=False),
    CheckConstraint("amount > 0", name="amount"),
    CheckConstraint("(kind = 'WAIVED') = (ground IS NOT NULL)", name="ground"),
)

# The schedule agreed on; the highest plan counts.
overpayment_instalment: Final = Table(
    "overpayment_instalment",
    metadata,
    Column("overpayment", Id, ForeignKey("overpayment.id"), primary_key=True),
    Column("plan", Integer, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("employer", Text, nullable=False),
    Column("due", Date, nullable=False),
    Column("amount", MoneyColumn, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", Text, nullable=False),
    CheckConstraint("amount > 0", name="amount"),
)
