"""Parked events tried again, on a person's word: in order, key by key."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.db.database import Scope
from kit.events import inbox, parking
from kit.events.delivery import Delivery
from kit.events.envelope import Envelope
from kit.events.handling import carefully
from kit.events.ordering import KeyState, Outcome, judge


async def replay(delivery: Delivery, topic: str, key: str) -> int:
    """Apply the parked events of a key up to the first that fails again; says how many went through."""
    applied = 0
    while True:
        async with delivery.database.transaction(Scope.all()) as tx:
            await parking.alone(tx, delivery.consumer)
            went = await _replay_some(tx, delivery, topic, key)
        applied += went
        if went < parking.REPLAY_LIMIT:
            await delivery.count_parked()
            return applied


async def _replay_some(tx: AsyncConnection, delivery: Delivery, topic: str, key: str) -> int:
    consumer, wanted = delivery.consumer, delivery.subscription
    events, epoch = await parking.of_key(tx, consumer, (topic, key))
    if epoch is None:
        return 0
    version = (await inbox.recall(tx, consumer, events)).keys[topic, key].version
    run = carefully(wanted, patient=False)
    applied: list[Envelope] = []
    for envelope in events:
        outcome, error = judge(envelope, KeyState(version), frozenset(), wanted), None
        if outcome is Outcome.HANDLED:
            error = await run(tx, envelope)
            outcome = Outcome.HANDLED if error is None else Outcome.POISON
        if outcome not in {Outcome.HANDLED, Outcome.SKIPPED}:
            await parking.failed_again(tx, consumer, envelope.id, outcome, error)
            break
        applied.append(envelope)
        version = envelope.sequence
    await inbox.record(tx, consumer, wanted.producer, epoch, applied)
    await parking.remove(tx, consumer, [e.id for e in applied])
    return len(applied)
