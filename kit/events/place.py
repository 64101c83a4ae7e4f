"""Where a consumer is in each producer's feed, and what it does when the producer was restored.

A new epoch is read from position zero. Events already applied are confirmed, new ones applied, and what the producer no
longer vouches for is forgotten: a key whose history has changed at once, a key that lost its last events at the end of
the reading. If anything was forgotten, the epoch is read once more, which builds exactly those keys again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.db.database import Scope
from kit.events import metrics
from kit.events.cursor import Cursor
from kit.events.delivery import Delivery
from kit.events.forgetting import forget

NOWHERE: Final = UUID(int=0)

_LOAD: Final = text("""
    SELECT epoch, position, confirmed FROM consumer_cursor WHERE consumer = :consumer AND producer = :producer
""")
_BEGIN: Final = text("""
    INSERT INTO consumer_cursor (consumer, producer, epoch, position, confirmed, updated_at)
    VALUES (:consumer, :producer, :epoch, 0, true, now()) ON CONFLICT DO NOTHING
""")
_MOVE: Final = text("""
    UPDATE consumer_cursor SET epoch = :epoch, position = :position, confirmed = :confirmed, updated_at = now()
     WHERE consumer = :consumer AND producer = :producer
       AND epoch = :from_epoch AND position = :from_position AND confirmed = :from_confirmed
""")
_DROP_EARLY: Final = text("""
    DELETE FROM parked_event WHERE consumer = :consumer AND producer = :producer AND reason = 'early'
""")
_VANISHED: Final = text("""
    SELECT DISTINCT topic, key FROM inbox WHERE consumer = :consumer AND producer = :producer
       AND epoch <> :epoch AND topic = ANY (CAST(:topics AS text[]))
    UNION
    SELECT topic, key FROM parked_event WHERE consumer = :consumer AND producer = :producer AND epoch <> :epoch
""")
_EARLY: Final = text("""
    SELECT EXISTS (SELECT FROM parked_event WHERE consumer = :consumer AND producer = :producer AND reason = 'early')
""")


@dataclass(frozen=True, slots=True)
class Place:
    """Everything up to `cursor` was applied; not `confirmed` while a new epoch is read for the first time."""

    cursor: Cursor
    confirmed: bool

    @property
    def is_new(self) -> bool:
        return self.cursor.epoch == NOWHERE


async def load(delivery: Delivery) -> Place:
    """The consumer's place, made at the first call."""
    who = {"consumer": delivery.consumer, "producer": delivery.subscription.producer}
    async with delivery.database.transaction(Scope.all()) as tx:
        row = (await tx.execute(_LOAD, who)).one_or_none()
        if row is None:
            await tx.execute(_BEGIN, {**who, "epoch": NOWHERE})
            row = (await tx.execute(_LOAD, who)).one()
    return Place(Cursor(row.epoch, row.position), row.confirmed)


async def move(tx: AsyncConnection, delivery: Delivery, before: Place, after: Place) -> bool:
    """Go on, in the transaction of the effect; False when the consumer is no longer at `before`."""
    moved = await tx.execute(
        _MOVE,
        {
            "consumer": delivery.consumer,
            "producer": delivery.subscription.producer,
            "epoch": after.cursor.epoch,
            "position": after.cursor.position,
            "confirmed": after.confirmed,
            "from_epoch": before.cursor.epoch,
            "from_position": before.cursor.position,
            "from_confirmed": before.confirmed,
        },
    )
    return moved.rowcount == 1


async def restart(delivery: Delivery, place: Place, epoch: UUID) -> None:
    """The producer has a new epoch: read it from zero. Events kept early come again."""
    async with delivery.database.transaction(Scope.all()) as tx:
        if await move(tx, delivery, place, Place(Cursor(epoch, 0), confirmed=False)):
            who = {"consumer": delivery.consumer, "producer": delivery.subscription.producer}
            await tx.execute(_DROP_EARLY, who)
            metrics.RESYNCS.labels(delivery.consumer).inc()
            structlog.get_logger(__name__).warning("producer_restored", **who)


async def confirm(delivery: Delivery, place: Place) -> None:
    """The new epoch was read to its end: forget what was not seen in it, and read again if anything was forgotten."""
    subscription, epoch = delivery.subscription, place.cursor.epoch
    who = {"consumer": delivery.consumer, "producer": subscription.producer}
    async with delivery.database.transaction(Scope.all()) as tx:
        asked = {**who, "epoch": epoch, "topics": list(subscription.topics)}
        vanished = [(topic, key) for topic, key in await tx.execute(_VANISHED, asked)]
        await forget(tx, delivery.consumer, subscription, vanished)
        again = bool(vanished) or (await tx.execute(_EARLY, who)).scalar_one()
        position = 0 if again else place.cursor.position
        if not await move(tx, delivery, place, Place(Cursor(epoch, position), confirmed=True)):
            await tx.rollback()
