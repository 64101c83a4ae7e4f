"""The tables every component has besides its own: tenancy, idempotency, events, decisions, jobs, tasks.

A component declares them on its MetaData (`kit_tables`), and its first migration makes them (`create_kit_tables`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
)

from kit.db import event_tables, rls
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
        outbox=event_tables.outbox(metadata),
        aggregate_version=event_tables.aggregate_version(metadata),
        feed_meta=event_tables.feed_meta(metadata),
        relay_cursor=event_tables.relay_cursor(metadata),
        inbox=event_tables.inbox(metadata),
        consumer_cursor=event_tables.consumer_cursor(metadata),
        parked_event=event_tables.parked_event(metadata),
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
    for table in ("import_chunk", "import_reject"):
        rls.enable_through(op, table, parent="import_job", column="job")
    rls.enable_outbox(op)
    for table in ("scope_employer", "decision"):
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
        Column("job", Id, ForeignKey("import_job.id", ondelete="CASCADE"), primary_key=True),
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
        Column("job", Id, ForeignKey("import_job.id", ondelete="CASCADE"), primary_key=True),
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


# For the kit's own queries: the same tables, whatever component they are in.
KIT: Final = kit_tables(new_metadata())
