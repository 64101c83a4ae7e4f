"""Publishing: events are rows written in the transaction of the fact, so that neither exists without the other.

The version of the aggregate is taken while its row is locked, and the lock is kept until commit: of two transactions
on one aggregate the second waits, and whoever sees version 2 sees version 1. Positions come later (sequencer.py).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.events.context import Chain, current
from kit.events.envelope import Envelope, EventData, EventType
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
    WITH written AS (
        INSERT INTO outbox (id, topic, key, version, type, employer, insurer, envelope, recorded_at)
        SELECT id, topic, key, version, type, employer, insurer, CAST(envelope AS json), :instant
          FROM unnest(CAST(:ids AS uuid[]), CAST(:topics AS text[]), CAST(:keys AS text[]), CAST(:versions AS bigint[]),
                      CAST(:types AS text[]), CAST(:employers AS text[]), CAST(:insurers AS text[]),
                      CAST(:envelopes AS text[])) WITH ORDINALITY
               AS new (id, topic, key, version, type, employer, insurer, envelope, place)
         ORDER BY place
        RETURNING 1)
    SELECT pg_notify(:channel, '') FROM (SELECT count(*) FROM written) AS counted
""")


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A payload and the aggregate it belongs to; `employer` is a SIRET, `insurer` a code, `subject` a resource.

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
) -> Envelope:
    """Write one event with the fact. Several in one transaction: `publish_many`, which cannot deadlock with itself."""
    (envelope,) = await publish_many(tx, [Outgoing(data, key, employer, insurer, subject)])
    return envelope


async def publish_many(tx: AsyncConnection, events: Sequence[Outgoing]) -> list[Envelope]:
    """Write events in the order given, in two statements whatever their number (at most 10 000)."""
    if not events:
        return []
    assert len(events) <= BATCH_LIMIT, "cut long lists into chunks"
    next_version, instant = await _take_versions(tx, events)
    envelopes: list[Envelope] = []
    for event in events:
        aggregate = (event.data.topic, event.key)
        envelopes.append(_envelope(event, next_version[aggregate], instant))
        next_version[aggregate] += 1
    await tx.execute(
        _WRITE,
        {
            "ids": [e.id for e in envelopes],
            "topics": [e.topic for e in envelopes],
            "keys": [e.key for e in envelopes],
            "versions": [e.sequence for e in envelopes],
            "types": [e.type for e in envelopes],
            "employers": [e.employer for e in envelopes],
            "insurers": [e.insurer for e in envelopes],
            "envelopes": [e.json_text() for e in envelopes],
            "instant": instant,
            "channel": WRITTEN_CHANNEL,
        },
    )
    return envelopes


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


def _envelope(event: Outgoing, version: int, instant: datetime) -> Envelope:
    chain = event.chain or current()
    identifier = new_id()
    return Envelope(
        id=identifier,
        source=f"/{EventType(event.data.type).service}",
        type=event.data.type,
        subject=event.subject,
        time=instant,
        dataschema=f"urn:relais:event:{event.data.type}",
        topic=event.data.topic,
        partitionkey=event.key,
        sequence=version,
        correlationid=chain.correlation or str(identifier),
        causationid=chain.causation,
        traceparent=chain.traceparent,
        employer=event.employer,
        insurer=event.insurer,
        data=event.data.model_dump(mode="json"),
    )
