"""The tables of events: what a component publishes (outbox, versions, feed) and what it consumes (inbox, cursors)."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    Identity,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from kit.db.types import Id, Instant


def outbox(metadata: MetaData) -> Table:
    """Events written with their facts. `serial` is the order of writing, `position` the order of the feed, given
    afterwards to committed rows by the sequencer. The envelope is `json`, not `jsonb`: its text goes out as it is.
    """
    return Table(
        "outbox",
        metadata,
        Column("id", Id, primary_key=True),
        Column("serial", BigInteger, Identity(always=True), nullable=False),
        Column("topic", Text, nullable=False),
        Column("key", Text, nullable=False),
        Column("version", BigInteger, nullable=False),
        Column("type", Text, nullable=False),
        Column("employer", Text),
        Column("insurer", Text),
        Column("envelope", JSON, nullable=False),
        Column("recorded_at", Instant, nullable=False),
        Column("position", BigInteger, unique=True),
        UniqueConstraint("topic", "key", "version"),
        Index("ix_outbox_unsequenced", "serial", postgresql_where=text("position IS NULL")),
    )


def aggregate_version(metadata: MetaData) -> Table:
    """The last version published of each aggregate; its row is locked until the publisher commits."""
    return Table(
        "aggregate_version",
        metadata,
        Column("topic", Text, primary_key=True),
        Column("key", Text, primary_key=True),
        Column("version", BigInteger, nullable=False),
    )


def feed_meta(metadata: MetaData) -> Table:
    """One row: the feed's epoch, new after each restore, the last position given, the last that may be given before
    more are reserved, and which server they are of.
    """
    return Table(
        "feed_meta",
        metadata,
        Column("id", SmallInteger, CheckConstraint("id = 1", name="single"), primary_key=True, autoincrement=False),
        Column("epoch", Id, nullable=False),
        Column("since", Instant, nullable=False),
        Column("last_position", BigInteger, nullable=False, server_default="0"),
        Column("reserved_position", BigInteger, nullable=False, server_default="0"),
        Column("origin", Text),
    )


def relay_cursor(metadata: MetaData) -> Table:
    """How far a relay (Kafka) has published the outbox."""
    return Table(
        "relay_cursor",
        metadata,
        Column("relay", Text, primary_key=True),
        Column("epoch", Id, nullable=False),
        Column("position", BigInteger, nullable=False),
        Column("updated_at", Instant, nullable=False),
    )


def inbox(metadata: MetaData) -> Table:
    """The events a consumer has already applied; the highest version of a key is how far that key is."""
    return Table(
        "inbox",
        metadata,
        Column("consumer", Text, primary_key=True),
        Column("event_id", Id, primary_key=True),
        Column("producer", Text, nullable=False),
        Column("topic", Text, nullable=False),
        Column("key", Text, nullable=False),
        Column("version", BigInteger, nullable=False),
        Column("epoch", Id, nullable=False),
        Column("received_at", Instant, nullable=False),
        Index(None, "consumer", "topic", "key", "version"),
    )


def consumer_cursor(metadata: MetaData) -> Table:
    """How far a consumer has read each producer's feed, in which epoch, and how often it still reads it to the end
    before it trusts that epoch (kit/events/place.py). `revision`: what its handlers made of the events.
    """
    return Table(
        "consumer_cursor",
        metadata,
        Column("consumer", Text, primary_key=True),
        Column("producer", Text, primary_key=True),
        Column("epoch", Id, nullable=False),
        Column("position", BigInteger, nullable=False),
        Column("passes_left", SmallInteger, nullable=False),
        Column("updated_at", Instant, nullable=False),
        Column("revision", SmallInteger, nullable=False, server_default="1"),
    )


def parked_event(metadata: MetaData) -> Table:
    """Events that could not be applied, and the later ones of the same key, until a person replays them."""
    return Table(
        "parked_event",
        metadata,
        Column("consumer", Text, primary_key=True),
        Column("event_id", Id, primary_key=True),
        Column("producer", Text, nullable=False),
        Column("topic", Text, nullable=False),
        Column("key", Text, nullable=False),
        Column("version", BigInteger, nullable=False),
        Column("type", Text, nullable=False),
        Column("epoch", Id, nullable=False),
        Column("envelope", JSON, nullable=False),
        Column("reason", Text, nullable=False),
        Column("error", Text),
        Column("attempts", Integer, nullable=False),
        Column("parked_at", Instant, nullable=False),
        Index(None, "consumer", "topic", "key", "version"),
    )
