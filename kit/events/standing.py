"""How far a component's events are, and its readers of the others': for those who watch, never for a decision."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.events.delivery import Delivery

# Counted up to here: more is as bad.
MOST: Final = 10_000
_PUBLISHED: Final = text("""
    SELECT epoch, last_position,
           (SELECT count(*) FROM (SELECT FROM outbox WHERE position IS NULL LIMIT :most) AS waiting) AS unsequenced
      FROM feed_meta
""")
_CONSUMERS: Final = text("""
    SELECT wanted.consumer, wanted.producer, place.epoch, place.position, place.updated_at,
           count(parked.event_id) FILTER (WHERE parked.reason <> 'early') AS parked,
           min(parked.parked_at) FILTER (WHERE parked.reason <> 'early') AS parked_since,
           count(parked.event_id) FILTER (WHERE parked.reason = 'early') AS early
      FROM unnest(CAST(:consumers AS text[]), CAST(:producers AS text[])) AS wanted (consumer, producer)
           LEFT JOIN consumer_cursor AS place USING (consumer, producer)
           LEFT JOIN parked_event AS parked ON parked.consumer = wanted.consumer
     GROUP BY wanted.consumer, wanted.producer, place.epoch, place.position, place.updated_at
     ORDER BY wanted.consumer
""")


@dataclass(frozen=True, slots=True)
class Published:
    """The last position of a component's own feed; `unsequenced` events have none yet, counted up to MOST."""

    epoch: UUID
    position: int
    unsequenced: int


@dataclass(frozen=True, slots=True)
class Standing:
    """A consumer. Without a `position` nothing was read yet, or the broker keeps it."""

    consumer: str
    producer: str
    epoch: UUID | None
    position: int | None
    applied_at: datetime | None
    parked: int
    parked_since: datetime | None
    early: int


async def published(tx: AsyncConnection) -> Published:
    row = (await tx.execute(_PUBLISHED, {"most": MOST})).one()
    return Published(row.epoch, row.last_position, row.unsequenced)


async def of_consumers(tx: AsyncConnection, deliveries: Collection[Delivery], *, placed: bool) -> list[Standing]:
    """Each consumer by name, in one statement. `placed`: whether places in feeds are kept here."""
    asked = {
        "consumers": [one.consumer for one in deliveries],
        "producers": [one.subscription.producer for one in deliveries],
    }
    return [
        Standing(
            row.consumer,
            row.producer,
            row.epoch if placed else None,
            row.position if placed else None,
            row.updated_at if placed else None,
            row.parked,
            row.parked_since,
            row.early,
        )
        for row in await tx.execute(_CONSUMERS, asked)
    ]
