"""The tables of claims. Copies of other services' facts can be rebuilt; what was stated here or decided is kept."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Date, Index, Integer, Table, Text, UniqueConstraint

from kit.db.data_subjects import data_subject
from kit.db.schema import kit_tables, new_metadata
from kit.db.types import Id, Instant, Json, MoneyColumn, MonthColumn, RateColumn

metadata: Final = new_metadata()
kit: Final = kit_tables(metadata)
subject: Final = data_subject(metadata)

# --- copies, built from events alone -----------------------------------------------------------------------------

# Every published version of an accord; not a tenant's: accords are public (CGFP L. 226-1).
agreement_terms: Final = Table(
    "agreement_terms",
    metadata,
    Column("agreement", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("starts", Date, nullable=False),
    Column("document", Json, nullable=False),
)

# An employment as it stands; `ends` null runs on. The date of birth is the agent's, kept here beside it.
employment: Final = Table(
    "employment",
    metadata,
    Column("employer", Text, primary_key=True),
    Column("agent", Id, primary_key=True),
    Column("employment", Text, primary_key=True),
    Column("starts", Date, primary_key=True),
    Column("ends", Date),
    Column("regime", Text, nullable=False),
    Column("category", Text),
    Column("service_start", Date),
    Column("titular", Boolean, nullable=False),
    Column("birth_date", Date),
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
    Index(None, "agreement"),
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

# A leave with all its entries (initial stop and renewals).
leave: Final = Table(
    "leave",
    metadata,
    Column("employer", Text, primary_key=True),
    Column("agent", Id, primary_key=True),
    Column("leave", Id, primary_key=True),
    Column("entries", Json, nullable=False),
    Column("cancelled", Boolean, nullable=False),
    Index(None, "agent"),
)

# A recognition of invalidity; `ends` is the day before the one that follows it, null while none is told.
invalidity: Final = Table(
    "invalidity",
    metadata,
    Column("employer", Text, primary_key=True),
    Column("agent", Id, primary_key=True),
    Column("recognition", Id, primary_key=True),
    Column("starts", Date, nullable=False),
    Column("cnracl_rate", RateColumn),
    Column("ss_category", Text),
    Column("atmp_rate", RateColumn),
    Column("pension_net", MoneyColumn, nullable=False),
    Column("withdrawn", Boolean, nullable=False),
    Column("ends", Date),
    Index(None, "agent"),
)

# A death, or an absolute and definitive invalidity; one of each at most.
death: Final = Table(
    "death",
    metadata,
    Column("employer", Text, primary_key=True),
    Column("agent", Id, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("occurred_on", Date, nullable=False),
    Column("withdrawn", Boolean, nullable=False),
    Index(None, "agent"),
)

# The latest version of a month's pay. `employment` '' when the agent has one.
pay_month: Final = Table(
    "pay_month",
    metadata,
    Column("employer", Text, primary_key=True),
    Column("agent", Id, primary_key=True),
    Column("month", MonthColumn, primary_key=True),
    Column("employment", Text, primary_key=True),
    Column("tib", MoneyColumn, nullable=False),
    Column("nbi", MoneyColumn, nullable=False),
    Column("ri", MoneyColumn, nullable=False),
    Column("tpp", MoneyColumn),
    Column("sft", MoneyColumn, nullable=False, server_default="0"),
    Column("ir", MoneyColumn, nullable=False, server_default="0"),
    Column("other", MoneyColumn, nullable=False, server_default="0"),
    Index(None, "agent"),
)


def _progress(producer: str) -> Table:
    """How far a producer's history of each key is applied here; emptied with its projections."""
    return Table(
        f"progress_{producer}",
        metadata,
        Column("key", Text, primary_key=True),
        Column("version", BigInteger, nullable=False),
    )


PROGRESS: Final = {name: _progress(name) for name in ("agreements", "eligibility", "contributions")}

# --- stated here --------------------------------------------------------------------------------------------------

# What an employer keeps of the RI during a kind of leave, from a day on; the last statement about a day wins.
ri_maintenance: Final = Table(
    "ri_maintenance",
    metadata,
    Column("id", Id, primary_key=True),
    Column("employer", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("starts", Date, nullable=False),
    Column("full_rate", RateColumn, nullable=False),
    Column("half_rate", RateColumn, nullable=False),
    Column("deliberation", Text),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Index(None, "employer", "kind", "starts"),
)

# --- decided here -------------------------------------------------------------------------------------------------

# Which versions the decisions about an agent have taken into account; decisions wait until a rebuild is back there.
decided: Final = Table(
    "decided",
    metadata,
    Column("agent", Id, primary_key=True),
    Column("producer", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("version", BigInteger, nullable=False),
)

# The passage to half pay as last announced, for the leave in which it comes.
half_pay_forecast: Final = Table(
    "half_pay_forecast",
    metadata,
    Column("employer", Text, primary_key=True),
    Column("agent", Id, primary_key=True),
    Column("leave", Id, primary_key=True),
    Column("passes_on", Date),
)

claim: Final = Table(
    "claim",
    metadata,
    Column("id", Id, primary_key=True),
    Column("employer", Text, nullable=False),
    Column("agent", Id, nullable=False, index=True),
    Column("agreement", Text, nullable=False),
    Column("leave", Id, nullable=False),
    Column("opened_from", Date, nullable=False),
    Column("status", Text, nullable=False),
    Column("reason", Text),
    Column("recorded_at", Instant, nullable=False),
    UniqueConstraint("employer", "agent", "leave"),
    CheckConstraint("status IN ('awaiting_pay', 'decided', 'closed')", name="status"),
)

# The reference pay of a claim, frozen with its trace; another version only when the month's pay itself is corrected.
claim_reference: Final = Table(
    "claim_reference",
    metadata,
    Column("claim", Id, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("employer", Text, nullable=False),
    Column("month", MonthColumn, nullable=False),
    Column("pay", Json, nullable=False),
    Column("target", MoneyColumn, nullable=False),
    Column("trace", Json, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    CheckConstraint("version > 0", name="version"),
)

# What was decided for a month of a claim. The id is the decision's; deltas are against the version before.
benefit: Final = Table(
    "benefit",
    metadata,
    Column("id", Id, primary_key=True),
    Column("employer", Text, nullable=False),
    Column("agent", Id, nullable=False),
    Column("claim", Id, nullable=False),
    Column("month", MonthColumn, nullable=False),
    Column("version", Integer, nullable=False),
    Column("target_net", MoneyColumn, nullable=False),
    Column("statutory_net", MoneyColumn, nullable=False),
    Column("social_security", MoneyColumn, nullable=False),
    Column("benefit", MoneyColumn, nullable=False),
    Column("benefit_delta", MoneyColumn, nullable=False),
    Column("ri_full_pay", MoneyColumn, nullable=False),
    Column("ri_full_pay_delta", MoneyColumn, nullable=False),
    Column("decree_floor", MoneyColumn, nullable=False),
    Column("alerts", Json, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    UniqueConstraint("claim", "month", "version"),
    CheckConstraint("version > 0", name="version"),
    CheckConstraint("benefit >= 0 AND ri_full_pay >= 0", name="amounts"),
)

# What was decided for a recognition of invalidity. `annuity` is the same for all its versions.
annuity: Final = Table(
    "annuity",
    metadata,
    Column("id", Id, primary_key=True),
    Column("employer", Text, nullable=False),
    Column("agent", Id, nullable=False, index=True),
    Column("annuity", Id, nullable=False),
    Column("recognition", Id, nullable=False),
    Column("claim", Id),
    Column("version", Integer, nullable=False),
    Column("starts", Date, nullable=False),
    Column("full_amount", MoneyColumn, nullable=False),
    Column("monthly", MoneyColumn, nullable=False),
    Column("monthly_delta", MoneyColumn, nullable=False),
    Column("formula", Text, nullable=False),
    Column("decree_floor", MoneyColumn, nullable=False),
    Column("alerts", Json, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("ends", Date),
    Column("ended", Boolean, nullable=False, server_default="false"),
    Column("steps", Json, nullable=False, server_default="[]"),
    UniqueConstraint("annuity", "version"),
    CheckConstraint("version > 0", name="version"),
    CheckConstraint("monthly >= 0", name="amounts"),
)

# What was decided to be paid once. `capital` is the same for all its versions; `due` may lie ahead.
capital: Final = Table(
    "capital",
    metadata,
    Column("id", Id, primary_key=True),
    Column("employer", Text, nullable=False),
    Column("agent", Id, nullable=False, index=True),
    Column("capital", Id, nullable=False),
    Column("agreement", Text, nullable=False),
    Column("guarantee", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("due", Date, nullable=False),
    Column("amount", MoneyColumn, nullable=False),
    Column("amount_delta", MoneyColumn, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("rest", Boolean, nullable=False, server_default="false"),
    Column("alerts", Json, nullable=False, server_default="[]"),
    Column("kept", Date),
    UniqueConstraint("capital", "version"),
    UniqueConstraint("employer", "agent", "guarantee", "rest", "version"),
    CheckConstraint("version > 0", name="version"),
    CheckConstraint("amount >= 0", name="amounts"),
)

# An agent whose facts contradict each other: nothing is decided until a person has looked.
held_case: Final = Table(
    "held_case",
    metadata,
    Column("employer", Text, primary_key=True),
    Column("agent", Id, primary_key=True),
    Column("code", Text, nullable=False),
    Column("recorded_at", Instant, nullable=False),
)
