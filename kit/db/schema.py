"""The tables every component has besides its own: tenancy, idempotency, events, decisions, jobs, tasks.

A component declares them on its MetaData (`kit_tables`), and its first migration makes them (`create_kit_tables`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from kit.db import rls
from kit.db.rls import Op
from kit.db.types import Id, Instant, Json

NAMING: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


@dataclass(frozen=True, slots=True)
class KitTables:
    """The kit tables of one component's MetaData, by name."""

    scope_employer: Table
    idempotency_key: Table
    outbox: Table
    aggregate_version: Table
    feed_meta: Table
    relay_cursor: Table
    inbox: Table
    consumer_cursor: Table
    parked_event: Table
    decision: Table
    import_job: Table
    import_chunk: Table
    import_reject: Table
    task_run: Table


def new_metadata() -> MetaData:
    """A MetaData whose constraints have predictable names."""
    return MetaData(naming_convention=NAMING)


def kit_tables(metadata: MetaData) -> KitTables:
    """Declare the kit tables on a component's MetaData, so that `check` compares them too."""
    return KitTables(
        scope_employer=_scope_employer(metadata),
        idempotency_key=_idempotency_key(metadata),
        outbox=_outbox(metadata),
        aggregate_version=_aggregate_version(metadata),
        feed_meta=_feed_meta(metadata),
        relay_cursor=_relay_cursor(metadata),
        inbox=_inbox(metadata),
        consumer_cursor=_consumer_cursor(metadata),
        parked_event=_parked_event(metadata),
        decision=_decision(metadata),
        import_job=_import_job(metadata),
        import_chunk=_import_chunk(metadata),
        import_reject=_import_reject(metadata),
        task_run=_task_run(metadata),
    )


def create_kit_tables(op: Op) -> None:
    """First migration of a component: make the kit tables, their policies and the feed's first epoch."""
    metadata = new_metadata()
    kit_tables(metadata)
    metadata.create_all(op.get_bind(), checkfirst=False)
    rls.enable(op, "decision")
    rls.enable(op, "import_job")
    rls.enable_outbox(op)
    for table in ("scope_employer", "decision", "import_reject"):
        append_only(op, table)
    op.execute("INSERT INTO feed_meta (id, epoch, since) VALUES (1, gen_random_uuid(), now())")


def drop_kit_tables(op: Op) -> None:
    """The reverse of `create_kit_tables`."""
    metadata = new_metadata()
    kit_tables(metadata)
    metadata.drop_all(op.get_bind(), checkfirst=False)
    op.execute("DROP FUNCTION refuse_change()")


def append_only(op: Op, table: str) -> None:
    """Rows of `table` are written once: changing, deleting or truncating them is refused to api and worker,
    and changing or deleting them to everybody.
    """
    api, worker = rls.roles(op)
    op.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {api}, {worker}")
    op.execute(
        """
        CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
        END $$
        """
    )
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )


def _scope_employer(metadata: MetaData) -> Table:
    """The employers of each scope, addressed by their digest."""
    return Table(
        "scope_employer",
        metadata,
        Column("scope", Text, primary_key=True),
        Column("employer", Text, primary_key=True),
    )


def _idempotency_key(metadata: MetaData) -> Table:
    """The answer given to a POST, written in the transaction of its effect."""
    return Table(
        "idempotency_key",
        metadata,
        Column("client", Text, primary_key=True),
        Column("key", Text, primary_key=True),
        Column("operation", Text, nullable=False),
        Column("request_hash", Text, nullable=False),
        Column("status", SmallInteger),
        Column("headers", Json),
        Column("body", LargeBinary),
        Column("recorded_at", Instant, nullable=False, index=True),
    )


def _outbox(metadata: MetaData) -> Table:
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


def _aggregate_version(metadata: MetaData) -> Table:
    """The last version published of each aggregate; its row is locked until the publisher commits."""
    return Table(
        "aggregate_version",
        metadata,
        Column("topic", Text, primary_key=True),
        Column("key", Text, primary_key=True),
        Column("version", BigInteger, nullable=False),
    )


def _feed_meta(metadata: MetaData) -> Table:
    """One row: the feed's epoch, new after each restore, the last position given, and which server they are of."""
    return Table(
        "feed_meta",
        metadata,
        Column("id", SmallInteger, CheckConstraint("id = 1", name="single"), primary_key=True, autoincrement=False),
        Column("epoch", Id, nullable=False),
        Column("since", Instant, nullable=False),
        Column("last_position", BigInteger, nullable=False, server_default="0"),
        Column("origin", Text),
    )


def _relay_cursor(metadata: MetaData) -> Table:
    """How far a relay (Kafka) has published the outbox."""
    return Table(
        "relay_cursor",
        metadata,
        Column("relay", Text, primary_key=True),
        Column("epoch", Id, nullable=False),
        Column("position", BigInteger, nullable=False),
        Column("updated_at", Instant, nullable=False),
    )


def _inbox(metadata: MetaData) -> Table:
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


def _consumer_cursor(metadata: MetaData) -> Table:
    """How far a consumer has read each producer's feed, and in which epoch; `confirmed` once all that it applied in
    earlier epochs was seen again, or forgotten.
    """
    return Table(
        "consumer_cursor",
        metadata,
        Column("consumer", Text, primary_key=True),
        Column("producer", Text, primary_key=True),
        Column("epoch", Id, nullable=False),
        Column("position", BigInteger, nullable=False),
        Column("confirmed", Boolean, nullable=False, server_default=text("true")),
        Column("updated_at", Instant, nullable=False),
    )


def _parked_event(metadata: MetaData) -> Table:
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


def _decision(metadata: MetaData) -> Table:
    """What a decision rested on and said (kit.trace.Snapshot); never changed."""
    return Table(
        "decision",
        metadata,
        Column("id", Id, primary_key=True),
        Column("kind", Text, nullable=False),
        Column("subject", Text, nullable=False),
        Column("employer", Text),
        Column("recorded_at", Instant, nullable=False),
        Column("inputs", Json, nullable=False),
        Column("rules", Json, nullable=False),
        Column("result", Json, nullable=False),
        Column("trace", Json, nullable=False),
        Column("digest", Text, nullable=False),
        Index(None, "subject", "kind", "recorded_at"),
    )


def _import_job(metadata: MetaData) -> Table:
    """One file given to import, and how far it is."""
    return Table(
        "import_job",
        metadata,
        Column("id", Id, primary_key=True),
        Column("kind", Text, nullable=False),
        Column("client", Text, nullable=False),
        Column("employer", Text),
        Column("dry_run", Boolean, nullable=False),
        Column("options", Json, nullable=False),
        Column("state", Text, nullable=False),
        Column("lines", Integer, nullable=False),
        Column("accepted", Integer, nullable=False, server_default="0"),
        Column("rejected", Integer, nullable=False, server_default="0"),
        Column("error", Text),
        Column("recorded_at", Instant, nullable=False),
        Column("finished_at", Instant),
        CheckConstraint("state IN ('receiving', 'waiting', 'running', 'done', 'failed')", name="state"),
    )


def _import_chunk(metadata: MetaData) -> Table:
    """A run of lines of a job; the row goes when its lines are in, so no copy of the file outlives the job."""
    return Table(
        "import_chunk",
        metadata,
        Column("job", Id, primary_key=True),
        Column("number", Integer, primary_key=True),
        Column("first_line", Integer, nullable=False),
        Column("lines", Integer, nullable=False),
        Column("content", LargeBinary, nullable=False),
        Column("attempts", Integer, nullable=False, server_default="0"),
        Column("not_before", Instant, nullable=False),
        Index(None, "not_before"),
    )


def _import_reject(metadata: MetaData) -> Table:
    """A line that was refused: where and why, never its content."""
    return Table(
        "import_reject",
        metadata,
        Column("job", Id, primary_key=True),
        Column("line", Integer, primary_key=True),
        Column("pointer", Text, primary_key=True),
        Column("code", Text, nullable=False),
        Column("detail", Text, nullable=False),
    )


def _task_run(metadata: MetaData) -> Table:
    """A scheduled task at one of its due instants: it ran once."""
    return Table(
        "task_run",
        metadata,
        Column("task", Text, primary_key=True),
        Column("due_at", Instant, primary_key=True),
        Column("started_at", Instant, nullable=False),
        Column("finished_at", Instant),
        Column("attempts", Integer, nullable=False),
        Column("outcome", Text, nullable=False),
        CheckConstraint("outcome IN ('running', 'done', 'failed')", name="outcome"),
    )
