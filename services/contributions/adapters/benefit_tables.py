"""What claims decided, as far as the yearly account needs it: copies built from events alone, ids and amounts."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Date, Index, Integer, Table, Text

from kit.db.types import Id, Json, MoneyColumn, MonthColumn
from services.contributions.adapters.tables import metadata

claim_opening: Final = Table(
    "claim_opening",
    metadata,
    Column("claim", Id, primary_key=True),
    Column("employer", Text, nullable=False),
    Column("agent", Id, nullable=False, index=True),
    Column("agreement", Text, nullable=False),
    Column("opened_on", Date, nullable=False),
    Index(None, "agreement", "opened_on"),
)

# What is due for a month of a claim: the highest version.
claim_month: Final = Table(
    "claim_month",
    metadata,
    Column("claim", Id, primary_key=True),
    Column("month", MonthColumn, primary_key=True),
    Column("employer", Text, nullable=False),
    Column("agent", Id, nullable=False, index=True),
    Column("agreement", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("benefit", MoneyColumn, nullable=False),
    Column("ri_full_pay", MoneyColumn, nullable=False),
    Index(None, "agreement", "month"),
)

# `steps`: from which day on it is how much a month, in cents.
claim_annuity: Final = Table(
    "claim_annuity",
    metadata,
    Column("annuity", Id, primary_key=True),
    Column("employer", Text, nullable=False),
    Column("agent", Id, nullable=False, index=True),
    Column("agreement", Text, nullable=False, index=True),
    Column("claim", Id),
    Column("version", Integer, nullable=False),
    Column("starts", Date, nullable=False),
    Column("ends", Date),
    Column("steps", Json, nullable=False),
)

claim_capital: Final = Table(
    "claim_capital",
    metadata,
    Column("capital", Id, primary_key=True),
    Column("employer", Text, nullable=False),
    Column("agent", Id, nullable=False, index=True),
    Column("agreement", Text, nullable=False),
    Column("guarantee", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("due", Date, nullable=False),
    Column("amount", MoneyColumn, nullable=False),
    Index(None, "agreement", "due"),
)
