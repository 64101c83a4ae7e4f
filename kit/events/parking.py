"""Events that wait: poison, what follows it, versions not read here, and those that came before their turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.events.envelope import Envelope
from kit.events.ordering import Aggregate, Outcome

# Events of one key applied again in one transaction.
REPLAY_LIMIT: Final = 1000

_PARK: Final = text("""
    INSERT INTO parked_event (consumer, event_id, producer, topic, key, version, type, epoch, envelope, reason, error,
                              attempts, parked_at)
    SELECT :consumer, id, :producer, topic, key, version, type, :epoch, CAST(envelope AS json), reason, error,
           CASE reason WHEN 'poison' THEN 1 ELSE 0 END, now()
      FROM unnest(CAST(:ids AS uuid[]), CAST(:topics AS text[]), CAST(:keys AS text[]), CAST(:versions AS bigint[]),
                  CAST(:types AS text[]), CAST(:envelopes AS text[]), CAST(:reasons AS text[]),
                  CAST(:errors AS text[]))
           AS waiting (id, topic, key, version, type, envelope, reason, error)
    ON CONFLICT (consumer, event_id) DO NOTHING
""")
_OF_KEY: Final = text("""
    SELECT CAST(envelope AS text), epoch FROM parked_event
     WHERE consumer = :consumer AND topic = :topic AND key = :key ORDER BY version LIMIT :limit
""")
_REMOVE: Final = text("DELETE FROM parked_event WHERE consumer = :consumer AND event_id = ANY (CAST(:ids AS uuid[]))")
# What queued behind an event that came too early is early itself: it leaves when its turn comes.
_FAILED_AGAIN: Final = text("""
    WITH failed AS (UPDATE parked_event SET attempts = attempts + 1, reason = :reason, error = :error
                     WHERE consumer = :consumer AND event_id = :id RETURNING topic, key)
    UPDATE parked_event AS later SET reason = 'early' FROM failed
     WHERE :reason = 'early' AND later.consumer = :consumer AND later.topic = failed.topic AND later.key = failed.key
       AND later.reason = 'behind' AND later.event_id <> :id
""")
_LIST: Final = text("""
    SELECT consumer, producer, topic, key, version, type, event_id, reason, error, attempts, parked_at
      FROM parked_event
     WHERE CAST(:consumer AS text) IS NULL OR consumer = :consumer
     ORDER BY consumer, topic, key, version LIMIT :limit
""")
_PAGE: Final = text("""
    SELECT consumer, producer, topic, key, version, type, event_id, reason, error, attempts, parked_at
      FROM parked_event
     WHERE reason <> 'early' AND (consumer, topic, key, version) > (:consumer, :topic, :key, CAST(:version AS bigint))
     ORDER BY consumer, topic, key, version LIMIT :limit
""")
_KEYS: Final = text("""
    SELECT DISTINCT topic, key FROM parked_event WHERE consumer = :consumer AND reason <> 'early'
     ORDER BY topic, key LIMIT :limit
""")
_COUNT: Final = text("SELECT count(*) FROM parked_event WHERE consumer = :consumer AND reason <> 'early'")
# A batch holds the lock in share, a replay alone: no event is parked behind a key that is just being freed.
SHARING: Final = "pg_advisory_xact_lock_shared(hashtextextended(:consumer, 7305011))"
_SHARE: Final = text(f"SELECT {SHARING}")
_ALONE: Final = text("SELECT pg_advisory_xact_lock(hashtextextended(:consumer, 7305011))")


@dataclass(frozen=True, slots=True)
class Parked:
    """One event that waits, as the dashboard shows it; `error` names what failed and where, never a value."""

    consumer: str
    producer: str
    topic: str
    key: str
    version: int
    type: str
    event_id: UUID
    reason: str
    error: str | None
    attempts: int
    parked_at: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """An event about to be parked, and why."""

    envelope: Envelope
    reason: Outcome
    error: str | None = None


async def share(tx: AsyncConnection, consumer: str) -> None:
    """No replay of this consumer runs until the transaction ends."""
    await tx.execute(_SHARE, {"consumer": consumer})


async def alone(tx: AsyncConnection, consumer: str) -> None:
    """No batch of this consumer runs until the transaction ends."""
    await tx.execute(_ALONE, {"consumer": consumer})


async def park(tx: AsyncConnection, consumer: str, producer: str, epoch: UUID, events: Sequence[Waiting]) -> None:
    """Keep events for later."""
    if events:
        await tx.execute(
            _PARK,
            {
                "consumer": consumer,
                "producer": producer,
                "epoch": epoch,
                "ids": [e.envelope.id for e in events],
                "topics": [e.envelope.topic for e in events],
                "keys": [e.envelope.key for e in events],
                "versions": [e.envelope.sequence for e in events],
                "types": [e.envelope.type for e in events],
                "envelopes": [e.envelope.json_text() for e in events],
                "reasons": [e.reason.value for e in events],
                "errors": [e.error for e in events],
            },
        )


async def of_key(tx: AsyncConnection, consumer: str, aggregate: Aggregate) -> tuple[list[Envelope], UUID | None]:
    """The first waiting events of one key by version, at most REPLAY_LIMIT, and the epoch they came in."""
    topic, key = aggregate
    rows = (await tx.execute(_OF_KEY, {"consumer": consumer, "topic": topic, "key": key, "limit": REPLAY_LIMIT})).all()
    return [Envelope.read(body) for body, _ in rows], rows[0][1] if rows else None


async def remove(tx: AsyncConnection, consumer: str, ids: Sequence[UUID]) -> None:
    """These events wait no more."""
    if ids:
        await tx.execute(_REMOVE, {"consumer": consumer, "ids": list(ids)})


async def failed_again(tx: AsyncConnection, consumer: str, event_id: UUID, outcome: Outcome, error: str | None) -> None:
    """A replay ended at this event."""
    asked = {"consumer": consumer, "id": event_id, "reason": outcome.value, "error": error}
    await tx.execute(_FAILED_AGAIN, asked)


async def listed(tx: AsyncConnection, consumer: str | None = None, *, limit: int = 200) -> list[Parked]:
    """What waits, of one consumer or of all of this component."""
    rows = await tx.execute(_LIST, {"consumer": consumer, "limit": limit})
    return [Parked(*row) for row in rows]


async def page(tx: AsyncConnection, after: tuple[str, str, str, int] | None, limit: int) -> list[Parked]:
    """What waits for a person, of every consumer, by consumer, topic, key and version."""
    consumer, topic, key, version = after or ("", "", "", 0)
    asked = {"consumer": consumer, "topic": topic, "key": key, "version": version, "limit": limit}
    return [Parked(*row) for row in await tx.execute(_PAGE, asked)]


async def keys(tx: AsyncConnection, consumer: str, limit: int) -> list[Aggregate]:
    """The aggregates of which something waits for a person."""
    return [(row.topic, row.key) for row in await tx.execute(_KEYS, {"consumer": consumer, "limit": limit})]


async def count(tx: AsyncConnection, consumer: str) -> int:
    """How many events wait for a person."""
    return int((await tx.execute(_COUNT, {"consumer": consumer})).scalar_one())
