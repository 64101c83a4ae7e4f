"""The tables of what is decided on the agent's file: the copy of accords, the latest decisions, who waits for one."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, Date, Identity, Integer, Table, Text
from sqlalchemy.dialects.postgresql import DATEMULTIRANGE

from kit.db.types import Id, Json, PeriodColumn
from services.eligibility.adapters.tables import metadata

# The copy of what accords say, built from their events alone.
agreement_terms: Final = Table(
    "agreement_terms",
    metadata,
    Column("agreement", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("content", Json, nullable=False),
)
agreement_employer: Final = Table(
    "agreement_employer",
    metadata,
    Column("agreement", Text, primary_key=True),
    Column("employer", Text, primary_key=True),
    Column("valid", PeriodColumn, nullable=False),
)

# The latest decision about each agent under each accord, what was told of it, when to look again, and what the employer
# was told to do and has not done.
affiliation: Final = Table(
    "affiliation",
    metadata,
    Column("agent", Id, primary_key=True),
    Column("employer", Text, primary_key=True),
    Column("agreement", Text, primary_key=True),
    Column("decision", Id, nullable=False),
    Column("digest", Text, nullable=False),
    Column("told", Json, nullable=False),
    Column("covered", DATEMULTIRANGE, nullable=False),
    Column("again_on", Date, index=True),
    Column("items_open", Json, nullable=False, server_default="[]"),
)

# What was last told of an employment: its stretches, with the regime that follows from all jobs together.
employment_told: Final = Table(
    "employment_told",
    metadata,
    Column("employment", Id, primary_key=True),
    Column("agent", Id, nullable=False, index=True),
    Column("employer", Text, nullable=False),
    Column("stretches", Json, nullable=False),
)

# Agents whose facts or terms changed and who wait to be decided, with the chain of events that caused it.
redecision: Final = Table(
    "redecision",
    metadata,
    Column("number", BigInteger, Identity(always=True), primary_key=True),
    Column("agent", Id, nullable=False),
    Column("correlation", Text),
    Column("causation", Text),
    Column("traceparent", Text),
)
