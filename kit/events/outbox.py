"""Publishing: events are rows written in the transaction of the fact, so that neither exists without the other.

The version of the aggregate is taken while its row is locked, and the lock is kept until commit: of two transactions
on one aggregate the second waits, and whoever sees version 2 sees version 1. Positions come later (sequencer.py).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from json.encoder import encode_basestring
from typing import Any, Final

from pydantic_core import to_json
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.db.copy import copy_rows
from kit.db.database import wake_after
from kit.db.schema import KIT
from kit.db.types import Written
from kit.events.context import Chain, current
from kit.events.envelope import SEQUENCE_DIGITS, EventData, EventType
from kit.ids import new_id

WRITTEN_CHANNEL: Final = "relais_outbox_written"
BATCH_LIMIT: Final = 10_000
# From so many events on, a stage costs less than arrays, whose elements the driver looks at one by one.
STAGED_FROM: Final = 1_000

# Keys are locked in one order, so two batches cannot wait for each other.
_TAKE_VERSIONS: Final = text("""
    INSERT INTO aggregate_version AS held (topic, key, version)
    SELECT topic, key, taken
      FROM unnest(CAST(:topics AS text[]), CAST(:keys AS text[]), CAST(:counts AS bigint[])) AS new (topic, key, taken)
     ORDER BY topic, key
    ON CONFLICT (topic, key) DO UPDATE SET version = held.version + excluded.version
    RETURNING topic, key, version, clock_timestamp()
""")

_COLUMNS: Final = ("id", "topic", "key", "version", "type", "employer", "insurer", "envelope", "recorded_at")
_WRITE: Final = text("""
    INSERT INTO outbox (id, topic, key, version, type, employer, insurer, envelope, recorded_at)
    SELECT id, topic, key, version, type, employer, insurer, CAST(envelope AS json), instant
      FROM unnest(CAST(:id AS uuid[]), CAST(:topic AS text[]), CAST(:key AS text[]), CAST(:version AS bigint[]),
                  CAST(:type AS text[]), CAST(:employer AS text[]), CAST(:insurer AS text[]),
                  CAST(:envelope AS text[]), CAST(:recorded_at AS timestamptz[])) WITH ORDINALITY
           AS new (id, topic, key, version, type, employer, insurer, envelope, instant, place)
     ORDER BY place
""")


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A payload and the aggregate it belongs to; `employer` is a SIRET, `insurer` a code, `subject` a path.

    `chain`: what set it off, where several things are told at once; by default the request or event being handled.
    `written`: the payload's JSON, where it was written before the database was asked.
    """

    data: EventData
    key: str
    employer: str | None = None
    insurer: str | None = None
    subject: str | None = None
    chain: Chain | None = None
    written: str | None = None


async def publish(
    tx: AsyncConnection,
    data: EventData,
    *,
    key: str,
    employer: str | None = None,
    insurer: str | None = None,
    subject: str | None = None,
) -> None:
    """Write one event with the fact. Several in one transaction: `publish_many`, which cannot deadlock with itself."""
    await publish_many(tx, [Outgoing(data, key, employer, insurer, subject)])


async def publish_many(tx: AsyncConnection, events: Sequence[Outgoing]) -> None:
    """Write events (at most 10 000), those of one aggregate in the order given: two statements, four by a stage."""
    if not events:
        return
    assert len(events) <= BATCH_LIMIT, "cut long lists into chunks"
    next_version, instant = await _take_versions(tx, events)
    time = to_json(instant).decode().strip('"')
    rows: list[tuple[Any, ...]] = []
    for event in events:
        aggregate = event.data.topic, event.key
        version = next_version[aggregate]
        next_version[aggregate] = version + 1
        rows.append((*_row(event, version, time), instant))
    if len(rows) < STAGED_FROM:
        await tx.execute(_WRITE, dict(zip(_COLUMNS, zip(*rows, strict=True), strict=True)))
    else:
        await copy_rows(tx, KIT.outbox, _COLUMNS, rows, order=("version", "id"))
    wake_after(tx, WRITTEN_CHANNEL)


async def _take_versions(
    tx: AsyncConnection, events: Sequence[Outgoing]
) -> tuple[dict[tuple[str, str], int], datetime]:
    """The first free version of each aggregate, now locked, and the database's instant."""
    counts = Counter((event.data.topic, event.key) for event in events)
    aggregates = list(counts)
    taken = await tx.execute(
        _TAKE_VERSIONS,
        {
            "topics": [topic for topic, _ in aggregates],
            "keys": [key for _, key in aggregates],
            "counts": [counts[aggregate] for aggregate in aggregates],
        },
    )
    rows = taken.all()
    first = {(topic, key): version - counts[topic, key] + 1 for topic, key, version, _ in rows}
    return first, max(instant for *_, instant in rows)


def _row(event: Outgoing, version: int, time: str) -> tuple[Any, ...]:
    """A new row of the outbox, without its instant, of which `time` is the JSON."""
    identifier, data = new_id(), event.data
    envelope = Written(_envelope(event, str(identifier), version, time))
    return identifier, data.topic, event.key, version, data.type, event.employer, event.insurer, envelope


def _envelope(event: Outgoing, identifier: str, version: int, time: str) -> str:
    """The text of `Envelope`, in one pass: what it checks of type and topic was checked when the payload was declared.

    The text is the one `Envelope.json_text` gives.
    """
    chain, (kind, topic) = event.chain or current(), _fixed(event.data.type, event.data.topic)
    return (
        f'{{"specversion":"1.0","id":"{identifier}",{kind}{_said("subject", event.subject)},"time":"{time}",{topic}'
        f'{_said("partitionkey", event.key)},"sequence":"{version:0{SEQUENCE_DIGITS}d}"'
        f"{_said('correlationid', chain.correlation or identifier)}{_said('causationid', chain.causation)}"
        f"{_said('traceparent', chain.traceparent)}{_said('employer', event.employer)}{_said('insurer', event.insurer)}"
        f',"data":{event.written or event.data.model_dump_json()}}}'
    )


def _said(name: str, value: str | None) -> str:
    return "" if value is None else f',"{name}":{encode_basestring(value)}'


@cache
def _fixed(kind: str, topic: str) -> tuple[str, str]:
    """What all events of a type have in common, before and after the time."""
    schema = f"urn:relais:event:{kind}"
    return (
        f'"source":"/{EventType(kind).service}","type":"{kind}"',
        f'"datacontenttype":"application/json","dataschema":"{schema}","topic":"{topic}"',
    )
