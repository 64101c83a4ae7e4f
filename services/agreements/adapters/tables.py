"""The tables of the registry. Documents are kept whole, version after version; nothing written is ever changed."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import DATEMULTIRANGE, TSTZRANGE, ExcludeConstraint

from kit.db.schema import kit_tables, new_metadata
from kit.db.temporal import temporal_table
from kit.db.types import Id, Instant, Json, PeriodColumn

metadata: Final = new_metadata()
kit: Final = kit_tables(metadata)

# Public facts: who exists. Dated twice: since when it was so, since when it was known.
organisation: Final = Table(
    "organisation",
    metadata,
    Column("fact", Id, primary_key=True),
    Column("key", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("details", Json, nullable=False),
    Column("assumption", Boolean, nullable=False),
    Column("valid", PeriodColumn, nullable=False),
    Column("recorded", TSTZRANGE, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("reason", Text),
    ExcludeConstraint(("key", "="), ("valid", "&&"), ("recorded", "&&"), name="ex_organisation_key"),
)

scheme: Final = Table(
    "scheme",
    metadata,
    Column("id", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("document", Json, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("reason", Text),
)

# `revision` counts every change of an accord, its steps included: what its ETag shows and a change must name.
agreement: Final = Table(
    "agreement",
    metadata,
    Column("id", Text, primary_key=True),
    Column("revision", Integer, nullable=False),
)

agreement_version: Final = Table(
    "agreement_version",
    metadata,
    Column("agreement", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("document", Json, nullable=False),
    Column("findings", Json, nullable=False),
    # From which day this version is what the accord says; null: from its first.
    Column("effective_from", Date),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("reason", Text),
)

agreement_step: Final = Table(
    "agreement_step",
    metadata,
    Column("agreement", Text, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("status", Text, nullable=False),
    Column("on", Date),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("reason", Text),
)

# The tenant table of the registry: whoever stands for one of these employers sees the accord.
agreement_employer: Final = Table(
    "agreement_employer",
    metadata,
    Column("id", Id, primary_key=True),
    Column("agreement", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("employer", Text, nullable=False, index=True),
    Column("valid", PeriodColumn, nullable=False),
    ExcludeConstraint(
        ("agreement", "="), ("version", "="), ("employer", "="), ("valid", "&&"), name="ex_agreement_employer_party"
    ),
)

# Whom published accords bind, on which days, as it was known: two of them never on one day at one instant.
binding: Final = Table(
    "binding",
    metadata,
    Column("row", Id, primary_key=True),
    Column("agreement", Text, nullable=False, index=True),
    Column("employer", Text, nullable=False),
    Column("valid", PeriodColumn, nullable=False),
    Column("recorded", TSTZRANGE, nullable=False),
    Column("recorded_by", Text, nullable=False),
    ExcludeConstraint(("employer", "="), ("valid", "&&"), ("recorded", "&&"), name="ex_binding_one_accord"),
)

# What eligibility tells of the days an agent is covered; `apart`: the others, each with its reason.
cover: Final = Table(
    "cover",
    metadata,
    Column("agreement", Text, primary_key=True),
    Column("agent", Text, primary_key=True),
    Column("employer", Text, primary_key=True),
    Column("days", DATEMULTIRANGE, nullable=False),
    Column("apart", Json, nullable=False, server_default="[]"),
)

# What claims tell of annuities; `agent` is the key of their events.
annuity: Final = Table(
    "annuity",
    metadata,
    Column("annuity", Text, primary_key=True),
    Column("agent", Text, nullable=False),
    Column("employer", Text, nullable=False),
    Column("agreement", Text, nullable=False, index=True),
    Column("since", Date, nullable=False),
    Column("running", Boolean, nullable=False),
)

# `level` and `subject`: the committee of an accord or of a scheme. A seat is a fact dated twice: one union, one seat.
committee_seat: Final = temporal_table(
    "committee_seat",
    metadata,
    Column("level", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("side", Text, nullable=False),
    Column("party", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Index(None, "level", "subject"),
)

committee_session: Final = Table(
    "committee_session",
    metadata,
    Column("level", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("held_on", Date, primary_key=True),
    Column("attendees", Json, nullable=False),
    Column("decisions", Json, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", Text, nullable=False),
)

# When the record of a meeting went to the signatories.
committee_record_sent: Final = Table(
    "committee_record_sent",
    metadata,
    Column("level", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("held_on", Date, primary_key=True),
    Column("sent_on", Date, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", Text, nullable=False),
)

# The insurer's information notice, version after version (art. 6); `digest` is the SHA-256 of its file.
notice: Final = Table(
    "notice",
    metadata,
    Column("agreement", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("insurer", Text, nullable=False),
    Column("issued_on", Date, nullable=False),
    Column("reference", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", Text, nullable=False),
)

# Versions that are due, be they issued or still expected of the insurer: from which day on, and why.
notice_due: Final = Table(
    "notice_due",
    metadata,
    Column("agreement", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("since", Date, nullable=False),
    Column("cause", Text, nullable=False),
)

# What each agent must be handed: due since a day, until there is a proof.
notice_delivery: Final = Table(
    "notice_delivery",
    metadata,
    Column("agreement", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("agent", Text, primary_key=True),
    Column("employer", Text, primary_key=True),
    Column("due_since", Date, nullable=False),
    Column("delivered_on", Date),
    Column("channel", Text),
    Column("proof", Text),
    Column("recorded_by", Text),
    Index(None, "agreement", "employer", postgresql_where=text("delivered_on IS NULL")),
)

# The queue of e-mails. An address is kept encrypted, and only until its mail is settled.
notice_mail: Final = Table(
    "notice_mail",
    metadata,
    Column("id", Id, primary_key=True),
    Column("agreement", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("agent", Text, nullable=False),
    Column("employer", Text, nullable=False),
    Column("address", LargeBinary),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("not_before", Instant, nullable=False),
    # What the relay, or a report of it, said last.
    Column("answer", Text),
    Column("queued_at", Instant, nullable=False),
    Column("queued_by", Text, nullable=False),
    Column("settled_at", Instant),
    CheckConstraint("(address IS NULL) = (state <> 'QUEUED')", name="address"),
    Index(
        "uq_notice_mail_running",
        "agreement",
        "version",
        "agent",
        "employer",
        unique=True,
        postgresql_where=text("state IN ('QUEUED', 'SENT', 'CONFIRMED')"),
    ),
    Index("ix_notice_mail_delivery", "agreement", "version", "agent", "employer", "id"),
    Index("ix_notice_mail_queue", "not_before", postgresql_where=text("state = 'QUEUED'")),
)

# How far each mailbox of delivery reports was read; `mailbox` stands for its address.
mailbox_place: Final = Table(
    "mailbox_place",
    metadata,
    Column("mailbox", Text, primary_key=True),
    Column("numbering", BigInteger, nullable=False),
    Column("last", BigInteger, nullable=False),
    Column("read_at", Instant, nullable=False),
)
