"""The tables of contributions. Copies of other services' facts can be rebuilt; what was received or issued is kept."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Index,
    Integer,
    Numeric,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from kit.db.data_subjects import data_subject
from kit.db.schema import kit_tables, new_metadata
from kit.db.types import Id, Instant, Json, MoneyColumn, MonthColumn, RateColumn

metadata: Final = new_metadata()
kit: Final = kit_tables(metadata)
subject: Final = data_subject(metadata)

# --- copies, built from events alone -----------------------------------------------------------------------------

# The terms in force of each accord, as published; not a tenant's: accords are public (CGFP L. 226-1).
agreement_terms: Final = Table(
    "agreement_terms",
    metadata,
    Column("agreement", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("document", Json, nullable=False),
)

# Who hides behind an employer's matricule.
agent_matricule: Final = Table(
    "agent_matricule",
    metadata,
    Column("employer", Text, primary_key=True),
    Column("matricule", Text, primary_key=True),
    Column("agent", Id, nullable=False, index=True),
)

# Whom the pay under a matricule was last told of. Kept where a restored producer makes the matricule forgotten: whoever
# has it afterwards is told of as well.
pay_told: Final = Table(
    "pay_told",
    metadata,
    Column("employer", Text, primary_key=True),
    Column("matricule", Text, primary_key=True),
    Column("agent", Id, nullable=False),
)

# An employment under one status; a change of regime, category or hours begins another row.
employment: Final = Table(
    "employment",
    metadata,
    Column("employer", Text, primary_key=True),
    Column("agent", Id, primary_key=True),
    Column("employment", Text, primary_key=True),
    Column("starts", Date, primary_key=True),
    Column("ends", Date),
    Column("number", Text),
    Column("regime", Text, nullable=False),
    Column("category", Text),
    Column("weekly_hours", Numeric(5, 2)),
    Index(None, "agent"),
)

affiliation: Final = Table(
    "affiliation",
    metadata,
    Column("employer", Text, primary_key=True),
    Column("agent", Id, primary_key=True),
    Column("agreement", Text, primary_key=True),
    Column("timeline", Json, nullable=False),
    Index(None, "agent"),
)

option_election: Final = Table(
    "option_election",
    metadata,
    Column("employer", Text, primary_key=True),
    Column("agent", Id, primary_key=True),
    Column("guarantee", Text, primary_key=True),
    Column("starts", Date, primary_key=True),
    Column("ends", Date),
    Index(None, "agent"),
)

# The days of each leave, without its kind: those that a DSN declares are compared with them.
leave: Final = Table(
    "leave",
    metadata,
    Column("employer", Text, primary_key=True),
    Column("agent", Id, primary_key=True),
    Column("leave", Id, primary_key=True),
    Column("days", Json, nullable=False),
    Index(None, "agent"),
)

# --- pay, as received ---------------------------------------------------------------------------------------------

# Every version of every month's pay; the highest is the current one. `employment` '' when the agent has one.
pay_version: Final = Table(
    "pay_version",
    metadata,
    Column("employer", Text, primary_key=True),
    Column("matricule", Text, primary_key=True),
    Column("employment", Text, primary_key=True),
    Column("month", MonthColumn, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("tib", MoneyColumn, nullable=False),
    Column("nbi", MoneyColumn, nullable=False),
    Column("ri", MoneyColumn, nullable=False),
    Column("sft", MoneyColumn, nullable=False),
    Column("ir", MoneyColumn, nullable=False),
    Column("tpp", MoneyColumn),
    Column("other", Json, nullable=False),
    Column("share_of_pay", RateColumn),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("cabinet", MoneyColumn, nullable=False, server_default="0"),
    Column("gross", MoneyColumn),
    Column("rappels", Json, nullable=False, server_default="[]"),
    CheckConstraint("version > 0", name="version"),
    Index("ix_pay_version_month_employer", "month", "employer"),
)

# Versions that no event has told of yet, because nobody is known under that matricule.
pay_waiting: Final = Table(
    "pay_waiting",
    metadata,
    Column("employer", Text, primary_key=True),
    Column("matricule", Text, primary_key=True),
    Column("employment", Text, primary_key=True),
    Column("month", MonthColumn, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
)

# --- what was issued, written once --------------------------------------------------------------------------------

# A run that issued something; what it rested on is the decision of the same id.
run: Final = Table(
    "run",
    metadata,
    Column("id", Id, primary_key=True),
    Column("employer", Text, nullable=False),
    Column("month", MonthColumn, nullable=False),
    Column("rules_version", Text, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Index(None, "employer", "id"),
)

statement: Final = Table(
    "statement",
    metadata,
    Column("id", Id, primary_key=True),
    Column("employer", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("agreement", Text, nullable=False),
    Column("insurer", Text, nullable=False),
    Column("month", MonthColumn, nullable=False),
    Column("run", Id, nullable=False),
    Column("lines", Integer, nullable=False),
    Column("amount", MoneyColumn, nullable=False),
    Column("employer_share", MoneyColumn, nullable=False),
    Column("agent_share", MoneyColumn, nullable=False),
    Column("totals", Json, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    UniqueConstraint("employer", "agreement", "insurer", "number"),
    CheckConstraint("number > 0", name="number"),
    Index("ix_statement_month_employer", "month", "employer"),
)

# Deltas: what one run added to, or took from, what was issued for an agent, a month and a guarantee. The sum is what
# is issued. `insurer` '' when the accord names none.
contribution_line: Final = Table(
    "contribution_line",
    metadata,
    Column("id", Id, primary_key=True),
    Column("employer", Text, nullable=False),
    Column("agent", Id, nullable=False),
    Column("month", MonthColumn, nullable=False),
    Column("agreement", Text, nullable=False),
    Column("insurer", Text, nullable=False),
    Column("guarantee", Text, nullable=False),
    Column("base", MoneyColumn, nullable=False),
    Column("rate", RateColumn, nullable=False),
    Column("amount", MoneyColumn, nullable=False),
    Column("employer_share", MoneyColumn, nullable=False),
    Column("agent_share", MoneyColumn, nullable=False),
    Column("regularisation", Boolean, nullable=False),
    Column("unresolved", Boolean, nullable=False),
    Column("run", Id, nullable=False),
    Column("statement", Id, nullable=False, index=True),
    Index(None, "employer", "month", "agent"),
    CheckConstraint("amount = employer_share + agent_share", name="shares"),
)

# The last number given to a statement of an employer's contract (accord and insurer): numbers have no hole.
statement_number: Final = Table(
    "statement_number",
    metadata,
    Column("employer", Text, primary_key=True),
    Column("agreement", Text, primary_key=True),
    Column("insurer", Text, primary_key=True),
    Column("last", Integer, nullable=False),
)

# --- what was paid, written once ----------------------------------------------------------------------------------

# What an employer paid on a contract (accord and insurer); a reference is a contract's own.
payment: Final = Table(
    "payment",
    metadata,
    Column("id", Id, primary_key=True),
    Column("employer", Text, nullable=False),
    Column("agreement", Text, nullable=False),
    Column("insurer", Text, nullable=False),
    Column("received_on", Date, nullable=False),
    Column("amount", MoneyColumn, nullable=False),
    Column("reference", Text, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", Text, nullable=False),
    UniqueConstraint("employer", "agreement", "insurer", "reference"),
    CheckConstraint("amount > 0", name="amount"),
)

# Parts of payments on statements; a cancelled payment takes its own back. The sum is what was paid of a statement.
payment_allocation: Final = Table(
    "payment_allocation",
    metadata,
    Column("id", Id, primary_key=True),
    Column("employer", Text, nullable=False),
    Column("payment", Id, nullable=False, index=True),
    Column("statement", Id, nullable=False, index=True),
    Column("amount", MoneyColumn, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", Text, nullable=False),
    CheckConstraint("amount <> 0", name="amount"),
)

# A payment that was sent back by the bank, or recorded by mistake.
payment_cancellation: Final = Table(
    "payment_cancellation",
    metadata,
    Column("payment", Id, primary_key=True),
    Column("employer", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", Text, nullable=False),
)

# Statements that somebody was told are late; `closed_at` once they no longer are.
payment_reminder: Final = Table(
    "payment_reminder",
    metadata,
    Column("statement", Id, primary_key=True),
    Column("employer", Text, nullable=False),
    Column("due", Date, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("closed_at", Instant),
)

# --- what waits for a person --------------------------------------------------------------------------------------

# A change beyond its bound (domain/bounds.py): issued only once somebody has released it. `agent` '': the employer's.
parked_change: Final = Table(
    "parked_change",
    metadata,
    Column("id", Id, primary_key=True),
    Column("employer", Text, nullable=False),
    Column("agent", Text, nullable=False),
    Column("bound", Text, nullable=False),
    Column("month", MonthColumn, nullable=False),
    Column("change", MoneyColumn, nullable=False),
    Column("limit", MoneyColumn, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("state", Text, nullable=False),
    Column("settled_at", Instant),
    Column("settled_by", Text),
    Column("reason", Text),
    Index(None, "employer", "id"),
    Index(
        "uq_parked_change_open",
        "employer",
        "agent",
        "bound",
        unique=True,
        postgresql_where=text("state IN ('OPEN', 'RELEASED')"),
    ),
    Index("ix_parked_change_open", "employer", postgresql_where=text("state = 'OPEN'")),
    CheckConstraint("state IN ('OPEN', 'RELEASED', 'ISSUED', 'GONE')", name="state"),
)

# What the last dry run of every employer found that a month would issue; `regularised` of it is of months before.
# `refused`: the code why nothing would. It says nothing any more once the employer has been run.
run_forecast: Final = Table(
    "run_forecast",
    metadata,
    Column("employer", Text, primary_key=True),
    Column("month", MonthColumn, primary_key=True),
    Column("id", Id, nullable=False),
    Column("amount", MoneyColumn, nullable=False),
    Column("regularised", MoneyColumn, nullable=False),
    Column("lines", Integer, nullable=False),
    Column("agents", Integer, nullable=False),
    Column("held", Integer, nullable=False),
    Column("unknown", Integer, nullable=False),
    Column("parked", Integer, nullable=False),
    Column("refused", Text),
    Column("recorded_at", Instant, nullable=False),
)

# Closing and reopening of months, one after the other; the last one says up to which month an employer is closed.
month_closing: Final = Table(
    "month_closing",
    metadata,
    Column("id", Id, primary_key=True),
    Column("employer", Text, nullable=False),
    Column("month", MonthColumn, nullable=False),
    Column("closed", Boolean, nullable=False),
    Column("cut_off", Instant),
    Column("reason", Text),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Index(None, "employer", "id"),
)
