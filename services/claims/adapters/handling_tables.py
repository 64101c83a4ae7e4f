"""The tables of how people handle claims: stages, steps, documents, what an insurer decided and paid."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from kit.db.types import Id, Instant, MoneyColumn, MonthColumn, RateColumn
from services.claims.adapters.tables import metadata

# Where a claim is; without a row it was only detected. The IBAN is sealed.
claim_file: Final = Table(
    "claim_file",
    metadata,
    Column("claim", Id, primary_key=True),
    Column("employer", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("stage", Text, nullable=False),
    Column("declared_on", Date),
    Column("payee", Text, nullable=False),
    Column("iban", LargeBinary),
    Column("iban_shown", Text),
    Column("proposed_by", Text),
    Column("proposed_amount", MoneyColumn),
    CheckConstraint("version > 1", name="version"),
)

claim_step: Final = Table(
    "claim_step",
    metadata,
    Column("id", Id, primary_key=True),
    Column("employer", Text, nullable=False),
    Column("claim", Id, nullable=False, index=True),
    Column("step", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("reason", Text),
    Column("note", Text),
    Column("amount", MoneyColumn),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", Text, nullable=False),
)

# A document received. `reference` is where whoever keeps it finds it; Relais holds none.
claim_document: Final = Table(
    "claim_document",
    metadata,
    Column("claim", Id, primary_key=True),
    Column("document", Text, primary_key=True),
    Column("reference", Text, primary_key=True),
    Column("employer", Text, nullable=False),
    Column("received_on", Date, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", Text, nullable=False),
)

# What an insurer paid for a month of a claim, under a reference of its own.
claim_payment: Final = Table(
    "claim_payment",
    metadata,
    Column("id", Id, primary_key=True),
    Column("employer", Text, nullable=False),
    Column("claim", Id, nullable=False),
    Column("month", MonthColumn, nullable=False),
    Column("amount", MoneyColumn, nullable=False),
    Column("paid_on", Date, nullable=False),
    Column("payee", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", Text, nullable=False),
    UniqueConstraint("claim", "reference"),
    CheckConstraint("amount > 0", name="amount"),
)

# What became of what was paid beyond anything decided for a month (`amount`); `kept`: what stays paid of it then.
payment_review: Final = Table(
    "payment_review",
    metadata,
    Column("id", Id, primary_key=True),
    Column("employer", Text, nullable=False),
    Column("claim", Id, nullable=False),
    Column("month", MonthColumn, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("amount", MoneyColumn, nullable=False),
    Column("kept", MoneyColumn, nullable=False),
    Column("happened_on", Date, nullable=False),
    Column("note", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", Text, nullable=False),
    UniqueConstraint("claim", "reference"),
    CheckConstraint("amount > 0 AND kept >= 0", name="amount"),
    CheckConstraint("outcome IN ('ACCEPTED', 'RETURNED')", name="outcome"),
)

# What was approved of a month of a claim, the last time: what may have to come back once it is due no longer.
approved_month: Final = Table(
    "approved_month",
    metadata,
    Column("claim", Id, primary_key=True),
    Column("month", MonthColumn, primary_key=True),
    Column("employer", Text, nullable=False),
    Column("amount", MoneyColumn, nullable=False),
)

# What people were told to do about an agent, and have not done yet; `reference`: where, and its name.
open_work: Final = Table(
    "open_work",
    metadata,
    Column("employer", Text, primary_key=True),
    Column("agent", Id, primary_key=True),
    Column("reference", Text, primary_key=True),
    Column("kind", Text, nullable=False),
)

insurer_decision: Final = Table(
    "insurer_decision",
    metadata,
    Column("id", Id, primary_key=True),
    Column("employer", Text, nullable=False),
    Column("claim", Id, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("decided_on", Date, nullable=False),
    Column("reference", Text, nullable=False),
    Column("reason", Text),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", Text, nullable=False),
    UniqueConstraint("claim", "reference"),
    CheckConstraint("outcome IN ('ACCEPTED', 'REFUSED')", name="outcome"),
)

# What a person decided for a month in place of what was worked out; the last version counts, `amount` null: lifted.
benefit_override: Final = Table(
    "benefit_override",
    metadata,
    Column("claim", Id, primary_key=True),
    Column("month", MonthColumn, primary_key=True),
    Column("guarantee", Text, primary_key=True, server_default="BASE"),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("employer", Text, nullable=False),
    Column("amount", MoneyColumn),
    Column("computed", MoneyColumn, nullable=False),
    Column("reason", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", Text, nullable=False),
    CheckConstraint("amount >= 0", name="amount"),
)

# The same of an annuity or a capital, which have no file: one person proposes, another approves. The last
# version that was approved counts, and one after it waits.
award_override: Final = Table(
    "award_override",
    metadata,
    Column("award", Id, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("employer", Text, nullable=False),
    Column("amount", MoneyColumn),
    Column("computed", MoneyColumn, nullable=False),
    Column("reason", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("proposed_by", Text, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("approved_by", Text),
    CheckConstraint("amount >= 0", name="amount"),
    CheckConstraint("approved_by <> proposed_by", name="four_eyes"),
)

# A leave that a former insurer, or nobody, covered on its first day to pay, and that is paid for here from a day on.
# The last version counts; `cancelled`: why it is none any more.
takeover: Final = Table(
    "takeover",
    metadata,
    Column("employer", Text, primary_key=True),
    Column("agent", Id, primary_key=True),
    Column("leave", Id, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("agreement", Text, nullable=False),
    Column("starts", Date, nullable=False),
    Column("former_insurer", Text, nullable=False),
    Column("reference_month", MonthColumn),
    Column("tib", MoneyColumn),
    Column("nbi", MoneyColumn),
    Column("ri", MoneyColumn),
    Column("cancelled", Text),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", Text, nullable=False),
    CheckConstraint("(reference_month IS NULL) = (tib IS NULL)", name="reference"),
)

# By how much the insurer of an accord raises annuities from a day on; not a tenant's: it is the same for all.
annuity_revaluation: Final = Table(
    "annuity_revaluation",
    metadata,
    Column("agreement", Text, primary_key=True),
    Column("starts", Date, primary_key=True),
    Column("rate", RateColumn, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", Text, nullable=False),
)

# Days whose half pay, kept while a decision was awaited, was paid and is not taken back.
acquired_half_pay: Final = Table(
    "acquired_half_pay",
    metadata,
    Column("employer", Text, primary_key=True),
    Column("agent", Id, primary_key=True),
    Column("starts", Date, primary_key=True),
    Column("ends", Date, nullable=False),
)

# What social security was notified to pay a day, net, from a day on; `ends` included. `stop_start` null: nobody said.
# `checked`: somebody has looked into what is doubtful of it.
daily_allowance: Final = Table(
    "daily_allowance",
    metadata,
    Column("employer", Text, primary_key=True),
    Column("agent", Id, primary_key=True),
    Column("starts", Date, primary_key=True),
    Column("ends", Date, nullable=False),
    Column("kind", Text, nullable=False),
    Column("daily", MoneyColumn, nullable=False),
    Column("stop_start", Date),
    Column("waiting_waived", Boolean, nullable=False, server_default=false()),
    Column("long_illness", Boolean, nullable=False, server_default=false()),
    Column("checked", Boolean, nullable=False, server_default=false()),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", Text, nullable=False),
)

# Part-time work that was authorised, from a day on; `ends` null: still in force.
part_time: Final = Table(
    "part_time",
    metadata,
    Column("employer", Text, primary_key=True),
    Column("agent", Id, primary_key=True),
    Column("starts", Date, primary_key=True),
    Column("ends", Date),
    Column("quotity", RateColumn, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", Text, nullable=False),
)

# Days on which somebody else held the post of an agent on leave; `ends` null: still; `withdrawn`: it was never so.
replacement: Final = Table(
    "replacement",
    metadata,
    Column("employer", Text, primary_key=True),
    Column("agent", Id, primary_key=True),
    Column("starts", Date, primary_key=True),
    Column("ends", Date),
    Column("withdrawn", Boolean, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", Text, nullable=False),
)

# The AIT that was notified: its group, and what is paid a month.
temporary_invalidity: Final = Table(
    "temporary_invalidity",
    metadata,
    Column("employer", Text, primary_key=True),
    Column("agent", Id, primary_key=True),
    Column("starts", Date, primary_key=True),
    Column("ends", Date, nullable=False),
    Column("invalidity_group", Integer, nullable=False),
    Column("monthly", MoneyColumn, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", Text, nullable=False),
)

# What a leave is about, sealed: one role reads it. Equal causes of an agent have equal marks, which tell nothing.
# `ald`: it is a long-term condition, which one it is nobody is told.
leave_cause: Final = Table(
    "leave_cause",
    metadata,
    Column("employer", Text, primary_key=True),
    Column("agent", Id, primary_key=True),
    Column("leave", Id, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("mark", Text, nullable=False),
    Column("ald", Boolean, nullable=False, server_default=false()),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", Text, nullable=False),
)
