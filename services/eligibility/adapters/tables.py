"""The tables of the agent's file. Facts are dated twice: `valid` says when it was so, `recorded` when it was known.

Those of decisions are in decision_tables.py, those of imports in import_tables.py.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    Boolean,
    Column,
    Date,
    Integer,
    LargeBinary,
    Numeric,
    Table,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.dialects.postgresql import TSTZRANGE, ExcludeConstraint

from kit.db.data_subjects import data_subject
from kit.db.schema import kit_tables, new_metadata
from kit.db.types import Id, Instant, MoneyColumn, PeriodColumn, RateColumn

metadata: Final = new_metadata()
kit: Final = kit_tables(metadata)
subject: Final = data_subject(metadata)


def _twice_dated() -> tuple[Column[Any], ...]:
    return (
        Column("valid", PeriodColumn, nullable=False),
        Column("recorded", TSTZRANGE, nullable=False),
        Column("recorded_by", Text, nullable=False),
    )


def _one_at_a_time(name: str, *columns: str) -> ExcludeConstraint:
    """No two rows of the same `columns` hold for one day as known at one instant."""
    return ExcludeConstraint(*((column, "=") for column in columns), ("valid", "&&"), ("recorded", "&&"), name=name)


# Keyed fingerprints of NIRs to an opaque id: how two employers' agents turn out to be one person. No tenant's data.
person: Final = Table(
    "person",
    metadata,
    Column("nir_index", Text, primary_key=True),
    Column("agent", Id, nullable=False, index=True),
)

# A person: what its employers' rows are about, and what whoever changes them locks.
agent: Final = Table("agent", metadata, Column("id", Id, primary_key=True))

# Who an agent is, as one employer states it (docs/adr/0017). `version` counts the changes of what that employer sees of
# the file. Names and NIR are sealed with a key of this agent alone (`data_subject`), and empty once it is erased;
# `name_index` finds a last name without showing it, and is null for who was entered before it was kept, or is erased.
identity: Final = Table(
    "identity",
    metadata,
    Column("employer", Text, primary_key=True),
    Column("agent", Id, primary_key=True, index=True),
    Column("version", Integer, nullable=False),
    Column("birth_date", Date, nullable=False),
    Column("nir", LargeBinary, nullable=False),
    Column("nir_index", Text),
    Column("names", LargeBinary, nullable=False),
    Column("name_index", Text, index=True),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", Text, nullable=False),
)

# Each time that processing of a person's data was restricted, or no longer is: on whose demand, and why.
restriction: Final = Table(
    "restriction",
    metadata,
    Column("id", Id, primary_key=True),
    Column("agent", Id, nullable=False, index=True),
    Column("restricted", Boolean, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", Text, nullable=False),
)

# What an employer stated before, and until when.
identity_past: Final = Table(
    "identity_past",
    metadata,
    Column("fact", Id, primary_key=True),
    Column("employer", Text, nullable=False),
    Column("agent", Id, nullable=False, index=True),
    Column("birth_date", Date, nullable=False),
    Column("nir", LargeBinary, nullable=False),
    Column("names", LargeBinary, nullable=False),
    Column("recorded", TSTZRANGE, nullable=False),
    Column("recorded_by", Text, nullable=False),
)

# Who employs whom under which matricule. `hire_mark`: a keyed fingerprint of the hire, so that it can be sent again.
agent_employer: Final = Table(
    "agent_employer",
    metadata,
    Column("employer", Text, primary_key=True),
    Column("matricule", Text, primary_key=True),
    Column("agent", Id, nullable=False, index=True),
    Column("prior_collective_cover", Boolean, nullable=False),
    Column("hire_mark", Text, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", Text, nullable=False),
)

# What was known of a former collective cover before it was corrected, and until when.
prior_cover_past: Final = Table(
    "prior_cover_past",
    metadata,
    Column("fact", Id, primary_key=True),
    Column("employer", Text, nullable=False),
    Column("matricule", Text, nullable=False),
    Column("agent", Id, nullable=False, index=True),
    Column("prior_collective_cover", Boolean, nullable=False),
    Column("recorded", TSTZRANGE, nullable=False),
    Column("recorded_by", Text, nullable=False),
    ExcludeConstraint(("employer", "="), ("matricule", "="), ("recorded", "&&"), name="ex_prior_cover_past_matricule"),
)

employment: Final = Table(
    "employment",
    metadata,
    Column("fact", Id, primary_key=True),
    Column("id", Id, nullable=False),
    Column("agent", Id, nullable=False, index=True),
    Column("employer", Text, nullable=False),
    Column("matricule", Text, nullable=False),
    Column("contract_number", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("contract", Text),
    Column("weekly_hours", Numeric(5, 2), nullable=False),
    Column("category", Text),
    Column("art_teaching", Text),
    Column("service_start", Date),
    Column("agreed_end", Date),
    *_twice_dated(),
    _one_at_a_time("ex_employment_id", "id"),
    _one_at_a_time("ex_employment_contract", "employer", "matricule", "contract_number"),
)

# `opening`: known from before the employer joined, told when it did.
leave_entry: Final = Table(
    "leave_entry",
    metadata,
    Column("fact", Id, primary_key=True),
    Column("id", Id, nullable=False),
    Column("leave", Id, nullable=False, index=True),
    Column("agent", Id, nullable=False, index=True),
    Column("employer", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("paid", Boolean, nullable=False),
    Column("waiting_days", Integer),
    Column("seniority_days", Integer),
    Column("quotity", RateColumn),
    Column("sent_on", Date),
    Column("opening", Boolean, nullable=False, server_default=false()),
    *_twice_dated(),
    _one_at_a_time("ex_leave_entry_id", "id"),
    _one_at_a_time("ex_leave_entry_position", "agent", "employer"),
)

invalidity: Final = Table(
    "invalidity",
    metadata,
    Column("fact", Id, primary_key=True),
    Column("id", Id, nullable=False),
    Column("agent", Id, nullable=False, index=True),
    Column("employer", Text, nullable=False),
    Column("cnracl_rate", RateColumn),
    Column("ss_category", Text),
    Column("atmp_rate", RateColumn),
    Column("pension_net", MoneyColumn, nullable=False),
    *_twice_dated(),
    _one_at_a_time("ex_invalidity_id", "id"),
    _one_at_a_time("ex_invalidity_agent", "agent", "employer"),
)

# A death or an IAD, with every employer of the agent; `said_by` announced it. `denied`: it was none, says the employer.
death: Final = Table(
    "death",
    metadata,
    Column("fact", Id, primary_key=True),
    Column("agent", Id, nullable=False, index=True),
    Column("employer", Text, nullable=False),
    Column("said_by", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("occurred_on", Date, nullable=False),
    Column("denied", Boolean, nullable=False, server_default=false()),
    Column("recorded", TSTZRANGE, nullable=False),
    Column("recorded_by", Text, nullable=False),
    ExcludeConstraint(("agent", "="), ("employer", "="), ("kind", "="), ("recorded", "&&"), name="ex_death_kind"),
)

option_election: Final = Table(
    "option_election",
    metadata,
    Column("fact", Id, primary_key=True),
    Column("id", Id, nullable=False),
    Column("agent", Id, nullable=False, index=True),
    Column("employer", Text, nullable=False),
    Column("guarantee", Text, nullable=False),
    *_twice_dated(),
    _one_at_a_time("ex_option_election_id", "id"),
    _one_at_a_time("ex_option_election_guarantee", "agent", "employer", "guarantee"),
)

# What an employer said of an agent when it joined, once; `mark`: a keyed fingerprint, so that it can be sent again.
opening_balance: Final = Table(
    "opening_balance",
    metadata,
    Column("agent", Id, primary_key=True),
    Column("employer", Text, primary_key=True),
    Column("as_of", Date, nullable=False),
    Column("mark", Text, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", Text, nullable=False),
)

# What tells the causes of an agent's CLD apart, sealed with the agent's key. The api role writes it and cannot read it.
leave_cause: Final = Table(
    "leave_cause",
    metadata,
    Column("leave", Id, primary_key=True),
    Column("agent", Id, nullable=False, index=True),
    Column("employer", Text, nullable=False),
    Column("cause_key", LargeBinary, nullable=False),
)

# A proof that somebody sent, sealed with the agent's key, kept until its purge; `mark` is a keyed fingerprint.
proof_file: Final = Table(
    "proof_file",
    metadata,
    Column("id", Id, primary_key=True),
    Column("agent", Id, nullable=False),
    Column("employer", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("mark", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("purge_on", Date, nullable=False, index=True),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", Text, nullable=False),
    UniqueConstraint("agent", "employer", "purpose", "mark"),
)

# A request to stay out of the scheme, with the dates of its proofs; it holds from the request until it is given up.
dispense: Final = Table(
    "dispense",
    metadata,
    Column("fact", Id, primary_key=True),
    Column("id", Id, nullable=False),
    Column("agent", Id, nullable=False, index=True),
    Column("employer", Text, nullable=False),
    Column("requested_on", Date, nullable=False),
    Column("individual_cover", Boolean, nullable=False),
    Column("proofs", ARRAY(Date), nullable=False),
    *_twice_dated(),
    _one_at_a_time("ex_dispense_id", "id"),
    ExcludeConstraint(
        ("agent", "="), ("employer", "="), ("requested_on", "="), ("recorded", "&&"), name="ex_dispense_request"
    ),
)

# An agent left an employer; `replaced` names the facts about contracts that gave way, for when it turns out otherwise.
departure: Final = Table(
    "departure",
    metadata,
    Column("fact", Id, primary_key=True),
    Column("agent", Id, nullable=False, index=True),
    Column("employer", Text, nullable=False),
    Column("left_on", Date, nullable=False),
    Column("reason", Text, nullable=False),
    Column("replaced", ARRAY(Id), nullable=False),
    Column("recorded", TSTZRANGE, nullable=False),
    Column("recorded_by", Text, nullable=False),
    ExcludeConstraint(("agent", "="), ("employer", "="), ("left_on", "="), ("recorded", "&&"), name="ex_departure_day"),
)
