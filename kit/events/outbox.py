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
from typing import Final
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.db.database import wake_after
from kit.events.context import Chain, current
from kit.events.envelope import SEQUENCE_DIGITS, EventData, EventType
from kit.ids import new_id

WRITTEN_CHANNEL: Final = "relais_outbox_written"
BATCH_LIMIT: Final = 10_000

# Keys are locked in one order, so two batches cannot wait for each other.
_TAKE_VERSIONS: Final = text("""
    INSERT INTO aggregate_version AS held (topic, key, version)
    SELECT topic, key, taken
      FROM unnest(CAST(:topics AS text[]), CAST(:keys AS text[]), CAST(:counts AS bigint[])) AS new (topic, key, taken)
     ORDER BY topic, key
    ON CONFLICT (topic, key) DO UPDATE SET version = held.version + excluded.version
    RETURNING topic, key, version, clock_timestamp()
""")

_WRITE: Final = text("""
    INSERT INTO outbox (id, topic, key, version, type, employer, insurer, envelope, recorded_at)
    SELECT id, topic, key, version, type, employer, insurer, CAST(envelope AS json), :instant
      FROM unnest(CAST(:ids AS uuid[]), CAST(:topics AS text[]), CAST(:keys AS text[]), CAST(:versions AS bigint[]),
                  CAST(:types AS text[]), CAST(:employers AS text[]), CAST(:insurers AS text[]),
                  CAST(:envelopes AS text[])) WITH ORDINALITY
           AS new (id, topic, key, version, type, employer, insurer, envelope, place)
     ORDER BY place
""")


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A payload and the aggregate it belongs to; `employer` is a SIRET, `insurer` a code, `subject` a path.

    `chain`: what set it off, where several things are told at once; by default the request or event being handled.
    """

    data: EventData
    key: str
    employer: str | None = None
    insurer: str | None = None
    subject: str | None = None
    chain: Chain | None = None


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
    """Write events in the order given, in two statements whatever their number (at most 10 000)."""
    if not events:
        return
    assert len(events) <= BATCH_LIMIT, "cut long lists into chunks"
    next_version, instant = await _take_versions(tx, events)
    ids = [new_id() for _ in events]
    versions: list[int] = []
    for event in events:
        aggregate = (event.data.topic, event.key)
        versions.append(next_version[aggregate])
        next_version[aggregate] += 1
    envelopes = [
        _envelope(event, identifier, version, instant)
        for event, identifier, version in zip(events, ids, versions, strict=True)
    ]
    await tx.execute(
        _WRITE,
        {
            "ids": ids,
            "topics": [e.data.topic for e in events],
            "keys": [e.key for e in events],
            "versions": versions,
            "types": [e.data.type for e in events],
            "employers": [e.employer for e in events],
            "insurers": [e.insurer for e in events],
            "envelopes": envelopes,
            "instant": instant,
        },
    )
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


def _envelope(event: Outgoing, identifier: UUID, version: int, instant: datetime) -> str:
    """The text of `Envelope`, in one pass: what it checks of type and topic was checked when the payload was declared.

    The text is the one `Envelope.json_text` gives.
    """
    chain, kind = event.chain or current(), event.data.type
    attributes = {
        "specversion": "1.0",
        "id": str(identifier),
        "source": _source(kind),
        "type": kind,
        "subject": event.subject,
        "time": instant,
        "datacontenttype": "application/json",
        "dataschema": f"urn:relais:event:{kind}",
        "topic": event.data.topic,
        "partitionkey": event.key,
        "sequence": f"{version:0{SEQUENCE_DIGITS}d}",
        "correlationid": chain.correlation or str(identifier),
        "causationid": chain.causation,
        "traceparent": chain.traceparent,
        "employer": event.employer,
        "insurer": event.insurer,
    }
    head = to_json({name: value for name, value in attributes.items() if value is not None}).decode()
    return f'{head[:-1]},"data":{event.data.model_dump_json()}}}'


@cache
def _source(kind: str) -> str:
    return f"/{EventType(kind).service}"
