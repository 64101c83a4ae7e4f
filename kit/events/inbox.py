"""The inbox: which events a consumer applied. Its rows are written in the transaction of the effect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.events.envelope import Envelope
from kit.events.ordering import Aggregate, KeyState

# One row per key asked (`event_id` null), then one per event already applied or parked. `blocked`: an event of the key
# waits for a person, later ones queue behind it.
_RECALL: Final = text("""
    SELECT topic, key,
           COALESCE((SELECT version FROM inbox WHERE consumer = :consumer AND inbox.topic = asked.topic
                      AND inbox.key = asked.key ORDER BY version DESC LIMIT 1), 0) AS version,
           EXISTS (SELECT FROM parked_event p WHERE p.consumer = :consumer AND p.topic = asked.topic
                      AND p.key = asked.key AND p.reason <> 'early') AS blocked,
           EXISTS (SELECT FROM parked_event p WHERE p.consumer = :consumer AND p.topic = asked.topic
                      AND p.key = asked.key AND p.reason = 'early') AS early,
           CAST(NULL AS uuid) AS event_id
      FROM unnest(CAST(:topics AS text[]), CAST(:keys AS text[])) AS asked (topic, key)
    UNION ALL
    SELECT '', '', 0, false, false, event_id FROM inbox
     WHERE consumer = :consumer AND event_id = ANY (CAST(:ids AS uuid[]))
    UNION ALL
    SELECT '', '', 0, false, false, event_id FROM parked_event
     WHERE consumer = :consumer AND event_id = ANY (CAST(:ids AS uuid[]))
""")
_RECORD: Final = text("""
    INSERT INTO inbox (consumer, event_id, producer, topic, key, version, epoch, received_at)
    SELECT :consumer, id, :producer, topic, key, version, :epoch, now()
      FROM unnest(CAST(:ids AS uuid[]), CAST(:topics AS text[]), CAST(:keys AS text[]), CAST(:versions AS bigint[]))
           AS applied (id, topic, key, version)
""")


@dataclass(slots=True)
class Memory:
    """What a consumer knows of the keys and events of one batch."""

    known: set[UUID] = field(default_factory=set)
    keys: dict[Aggregate, KeyState] = field(default_factory=dict)
    early: set[Aggregate] = field(default_factory=set)


async def recall(tx: AsyncConnection, consumer: str, envelopes: Sequence[Envelope]) -> Memory:
    """Load it, in one statement."""
    aggregates = {(e.topic, e.key) for e in envelopes}
    asked = {
        "consumer": consumer,
        "topics": [topic for topic, _ in aggregates],
        "keys": [key for _, key in aggregates],
        "ids": [e.id for e in envelopes],
    }
    memory = Memory()
    for topic, key, version, blocked, early, event_id in await tx.execute(_RECALL, asked):
        if event_id is not None:
            memory.known.add(event_id)
            continue
        memory.keys[topic, key] = KeyState(version, blocked)
        if early:
            memory.early.add((topic, key))
    return memory


async def record(tx: AsyncConnection, consumer: str, producer: str, epoch: UUID, envelopes: Sequence[Envelope]) -> None:
    """Note that these events were applied."""
    if envelopes:
        await tx.execute(
            _RECORD,
            {
                "consumer": consumer,
                "producer": producer,
                "epoch": epoch,
                "ids": [e.id for e in envelopes],
                "topics": [e.topic for e in envelopes],
                "keys": [e.key for e in envelopes],
                "versions": [e.sequence for e in envelopes],
            },
        )
