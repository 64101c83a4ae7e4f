"""Where a consumer is in each producer's feed, and what it does when the producer was restored.

A new epoch is read from position zero. In the first pass events already applied are confirmed, new ones applied, and
what the producer no longer vouches for is forgotten: a key whose history has changed at once, a key that lost its last
events at the end of the pass. If anything was forgotten, a second pass builds exactly those keys again.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.db.database import Scope
from kit.events import metrics, parking
from kit.events.cursor import Cursor
from kit.events.delivery import Delivery
from kit.events.forgetting import forget

NOWHERE: Final = UUID(int=0)
# What `passes_left` of a place means.
FIRST_PASS: Final = 2
SECOND_PASS: Final = 1
UP_TO_DATE: Final = 0

_LOAD: Final = text("""
    SELECT epoch, position, passes_left FROM consumer_cursor WHERE consumer = :consumer AND producer = :producer
""")
_LOAD_SHARING: Final = text(f"""
    SELECT epoch, position, passes_left, {parking.SHARING} FROM consumer_cursor
     WHERE consumer = :consumer AND producer = :producer
""")  # noqa: S608 - a fragment of ours
_BEGIN: Final = text("""
    INSERT INTO consumer_cursor (consumer, producer, epoch, position, passes_left, revision, updated_at)
    VALUES (:consumer, :producer, :epoch, 0, :passes_left, :revision, now()) ON CONFLICT DO NOTHING
""")
_REVISION: Final = text("""
    SELECT revision FROM consumer_cursor WHERE consumer = :consumer AND producer = :producer FOR UPDATE
""")
_MOVE: Final = text(f"""
    UPDATE consumer_cursor SET epoch = :epoch, position = :position, passes_left = :passes_left, updated_at = now()
     WHERE consumer = :consumer AND producer = :producer
       AND epoch = :from_epoch AND position = :from_position AND passes_left = :from_passes_left
    RETURNING {parking.SHARING}
""")  # noqa: S608 - a fragment of ours
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


# Places may move on meanwhile; a rebuild, which drops them, waits.
_HOLD: Final = text("""
    SELECT passes_left FROM consumer_cursor
     WHERE CAST(:producers AS text[]) IS NULL OR producer = ANY (CAST(:producers AS text[])) FOR KEY SHARE
""")


@dataclass(frozen=True, slots=True)
class Place:
    """Everything up to `cursor` was applied in this pass over the epoch."""

    cursor: Cursor
    passes_left: int

    @property
    def is_new(self) -> bool:
        return self.cursor.epoch == NOWHERE

    @property
    def is_first_pass(self) -> bool:
        return self.passes_left == FIRST_PASS

    @property
    def is_settled(self) -> bool:
        """Whether the epoch was read to its end as often as needed."""
        return self.passes_left == UP_TO_DATE


async def load(delivery: Delivery) -> Place:
    """The consumer's place, made at the first call."""
    who = {"consumer": delivery.consumer, "producer": delivery.subscription.producer}
    async with delivery.database.transaction(Scope.all()) as tx:
        row = (await tx.execute(_LOAD, who)).one_or_none()
        if row is None:
            await begin(tx, delivery)
            row = (await tx.execute(_LOAD, who)).one()
    return Place(Cursor(row.epoch, row.position), row.passes_left)


async def begin(tx: AsyncConnection, delivery: Delivery) -> None:
    """Put the consumer before the first event, where it has no place yet."""
    who = {"consumer": delivery.consumer, "producer": delivery.subscription.producer}
    first = {"epoch": NOWHERE, "passes_left": FIRST_PASS, "revision": delivery.subscription.revision}
    await tx.execute(_BEGIN, who | first)


async def revision(tx: AsyncConnection, delivery: Delivery) -> int | None:
    """The revision of the handlers that applied what was applied, its row locked; None before the first event."""
    who = {"consumer": delivery.consumer, "producer": delivery.subscription.producer}
    found: int | None = (await tx.execute(_REVISION, who)).scalar_one_or_none()
    return found


async def hold_complete(tx: AsyncConnection, producers: Collection[str] | None = None) -> bool:
    """Whether this component's copy of the others' facts is whole: nothing is being built again, nor read again after a
    restore. Until commit no rebuild begins. Who takes back what was issued asks this before looking at the facts.

    `producers`: those whose facts matter; None: all.
    """
    asked = {"producers": None if producers is None else list(producers)}
    return all(left == UP_TO_DATE for left in (await tx.execute(_HOLD, asked)).scalars())


async def is_settled_in(tx: AsyncConnection, delivery: Delivery, epoch: UUID) -> bool:
    """Whether the consumer is still up to date in this epoch, in the transaction of the effect. No replay of its parked
    events runs until that ends (parking.share, in the same statement).
    """
    who = {"consumer": delivery.consumer, "producer": delivery.subscription.producer}
    row = (await tx.execute(_LOAD_SHARING, who)).one_or_none()
    return row is not None and row.epoch == epoch and row.passes_left == UP_TO_DATE


async def move(tx: AsyncConnection, delivery: Delivery, before: Place, after: Place) -> bool:
    """Go on, in the transaction of the effect; False when the consumer is no longer at `before`. No replay of parked
    events runs until that ends (parking.share, in the same statement).
    """
    moved = await tx.execute(
        _MOVE,
        {
            "consumer": delivery.consumer,
            "producer": delivery.subscription.producer,
            "epoch": after.cursor.epoch,
            "position": after.cursor.position,
            "passes_left": after.passes_left,
            "from_epoch": before.cursor.epoch,
            "from_position": before.cursor.position,
            "from_passes_left": before.passes_left,
        },
    )
    return moved.first() is not None


async def restart(delivery: Delivery, place: Place, epoch: UUID) -> None:
    """The producer has a new epoch: read it from zero. Events kept early come again."""
    async with delivery.database.transaction(Scope.all()) as tx:
        if await move(tx, delivery, place, Place(Cursor(epoch, 0), FIRST_PASS)):
            who = {"consumer": delivery.consumer, "producer": delivery.subscription.producer}
            await tx.execute(_DROP_EARLY, who)
            metrics.RESYNCS.labels(delivery.consumer).inc()
            structlog.get_logger(__name__).warning("producer_restored", **who)


async def end_pass(delivery: Delivery, place: Place) -> None:
    """The epoch was read to its end. After the first pass: forget what was not seen, and read again if it matters."""
    subscription, epoch = delivery.subscription, place.cursor.epoch
    who = {"consumer": delivery.consumer, "producer": subscription.producer}
    settled = Place(place.cursor, UP_TO_DATE)
    async with delivery.database.transaction(Scope.all()) as tx:
        if not place.is_first_pass:
            await move(tx, delivery, place, settled)
            return
        asked = {**who, "epoch": epoch, "topics": list(subscription.topics)}
        vanished = [(topic, key) for topic, key in await tx.execute(_VANISHED, asked)]
        again = bool(vanished) or (await tx.execute(_EARLY, who)).scalar_one()
        if await move(tx, delivery, place, Place(Cursor(epoch, 0), SECOND_PASS) if again else settled):
            await forget(tx, delivery.consumer, subscription, vanished)
