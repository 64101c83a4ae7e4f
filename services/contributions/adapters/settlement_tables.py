"""The tables of settlements with insurers, written once. A header holds no figure: those are the employers' rows."""

from __future__ import annotations

from typing import Final

from sqlalchemy import CheckConstraint, Column, Index, Integer, Table, Text, UniqueConstraint

from kit.db.types import Id, Instant, MoneyColumn, MonthColumn
from services.contributions.adapters.tables import metadata

# A settlement with an insurer, of statements up to a month.
settlement: Final = Table(
    "settlement",
    metadata,
    Column("id", Id, primary_key=True),
    Column("insurer", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("month", MonthColumn, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", Text, nullable=False),
    UniqueConstraint("insurer", "number"),
    CheckConstraint("number > 0", name="number"),
)

# A statement is in one settlement.
settlement_statement: Final = Table(
    "settlement_statement",
    metadata,
    Column("statement", Id, primary_key=True),
    Column("settlement", Id, nullable=False),
    Column("employer", Text, nullable=False),
    Column("agreement", Text, nullable=False),
    Index(None, "settlement", "agreement"),
)

# What the lines of those statements add up to.
settlement_line: Final = Table(
    "settlement_line",
    metadata,
    Column("settlement", Id, primary_key=True),
    Column("agreement", Text, primary_key=True),
    Column("employer", Text, primary_key=True),
    Column("guarantee", Text, primary_key=True),
    Column("lines", Integer, nullable=False),
    Column("base", MoneyColumn, nullable=False),
    Column("amount", MoneyColumn, nullable=False),
    Column("employer_share", MoneyColumn, nullable=False),
    Column("agent_share", MoneyColumn, nullable=False),
    CheckConstraint("amount = employer_share + agent_share", name="shares"),
)

# The last number given to a settlement of an insurer: numbers have no hole.
settlement_number: Final = Table(
    "settlement_number",
    metadata,
    Column("insurer", Text, primary_key=True),
    Column("last", Integer, nullable=False),
)
