"""A component for the tests of the kit: the kit tables, a tenant table, its child, a ledger, facts."""

from __future__ import annotations

from sqlalchemy import Column, Index, Table, Text

from kit.db.data_subjects import data_subject
from kit.db.schema import kit_tables, new_metadata
from kit.db.temporal import temporal_table
from kit.db.types import Id, MoneyColumn, MonthColumn, PeriodColumn, RateColumn

metadata = new_metadata()
kit = kit_tables(metadata)
subject = data_subject(metadata)

note = Table(
    "note",
    metadata,
    Column("id", Id, primary_key=True),
    Column("employer", Text, nullable=False),
    Column("text", Text, nullable=False),
    Index(None, "employer"),
)

note_line = Table(
    "note_line",
    metadata,
    Column("id", Id, primary_key=True),
    Column("note", Id, nullable=False),
    Column("amount", MoneyColumn),
    Column("rate", RateColumn),
    Column("month", MonthColumn),
    Column("period", PeriodColumn),
)

ledger_line = Table(
    "ledger_line",
    metadata,
    Column("id", Id, primary_key=True),
    Column("employer", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("amount", MoneyColumn, nullable=False),
    Column("reason", Text, nullable=False),
)

fact = temporal_table(
    "fact",
    metadata,
    Column("employer", Text, nullable=False),
    Column("value", Text, nullable=False),
)
