"""Applies one batch inside one transaction: judges each event, runs handlers, parks, releases what waited."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.events import inbox, parking
from kit.events.consumer import Subscription
from kit.events.envelope import Envelope
from kit.events.forgetting import forget
from kit.events.handling import Run
from kit.events.ordering import Aggregate, KeyState, Outcome, in_version_order, judge
from kit.events.parking import Waiting

_CONFIRM: Final = (
    text("UPDATE inbox SET epoch = :epoch WHERE consumer = :consumer AND event_id = ANY (CAST(:ids AS uuid[]))"),
    text("UPDATE parked_event SET epoch = :epoch WHERE consumer = :consumer AND event_id = ANY (CAST(:ids AS uuid[]))"),
)


@dataclass(frozen=True, slots=True)
class Batch:
    """Events of one producer in one epoch. `confirming`: read again after a restore, from position zero."""

    epoch: UUID
    envelopes: Sequence[Envelope]
    confirming: bool = False


class Application:
    """One batch being applied for one consumer."""

    def __init__(self, consumer: str, subscription: Subscription, batch: Batch, run: Run) -> None:
        self.tally: Counter[Outcome] = Counter()
        self._consumer = consumer
        self._subscription = subscription
        self._batch = batch
        self._run = run
        self._queue = deque(in_version_order(batch.envelopes))
        self._memory = inbox.Memory()
        self._held: dict[Aggregate, dict[int, Envelope]] = {}
        self._applied: list[Envelope] = []
        self._waiting: list[Waiting] = []
        self._released: list[UUID] = []

    async def apply(self, tx: AsyncConnection) -> Counter[Outcome]:
        """Effects, inbox rows and parked events of the whole batch; what became of how many."""
        consumer, producer, epoch = self._consumer, self._subscription.producer, self._batch.epoch
        if self._subscription.hold:
            await self._subscription.hold(tx, sorted({envelope.key for envelope in self._batch.envelopes}))
        self._memory = await inbox.recall(tx, consumer, self._batch.envelopes)
        if self._batch.confirming:
            await self._confirm(tx)
        while self._queue:
            await self._one(tx, self._queue.popleft())
        await inbox.record(tx, consumer, producer, epoch, self._applied)
        await parking.remove(tx, consumer, self._released)
        await parking.park(tx, consumer, producer, epoch, self._waiting)
        return self.tally

    async def _one(self, tx: AsyncConnection, envelope: Envelope) -> None:
        state = self._memory.keys[envelope.topic, envelope.key]
        outcome, error = self._judge(envelope, state), None
        if outcome is Outcome.DIVERGED and self._batch.confirming:
            state = await self._forget(tx, envelope)
            outcome = self._judge(envelope, state)
        if outcome is Outcome.HANDLED:
            error = await self._run(tx, envelope)
            outcome = Outcome.HANDLED if error is None else Outcome.POISON
        self.tally[outcome] += 1
        if outcome in {Outcome.HANDLED, Outcome.SKIPPED}:
            self._applied.append(envelope)
            self._memory.known.add(envelope.id)
            state.version = envelope.sequence
            await self._release(tx, envelope)
        elif outcome.waits:
            self._waiting.append(Waiting(envelope, outcome, error))
            self._memory.known.add(envelope.id)
            state.blocked = state.blocked or outcome is not Outcome.EARLY

    def _judge(self, envelope: Envelope, state: KeyState) -> Outcome:
        return judge(envelope, state, self._memory.known, self._subscription)

    async def _release(self, tx: AsyncConnection, applied: Envelope) -> None:
        """The event that waited for the one just applied, if any, is next."""
        aggregate = (applied.topic, applied.key)
        if aggregate not in self._memory.early:
            return
        if aggregate not in self._held:
            rows, _ = await parking.of_key(tx, self._consumer, aggregate)
            self._held[aggregate] = {held.sequence: held for held in rows}
        follower = self._held[aggregate].pop(applied.sequence + 1, None)
        if follower is not None:
            self._released.append(follower.id)
            self._memory.known.discard(follower.id)
            self._queue.appendleft(follower)

    async def _forget(self, tx: AsyncConnection, envelope: Envelope) -> KeyState:
        """The key's history is another one now: what was built from the old one goes, and is read again."""
        aggregate = (envelope.topic, envelope.key)
        await forget(tx, self._consumer, self._subscription, [aggregate])
        self._applied = [e for e in self._applied if (e.topic, e.key) != aggregate]
        self._waiting = [w for w in self._waiting if (w.envelope.topic, w.envelope.key) != aggregate]
        self._memory.early.discard(aggregate)
        self._memory.keys[aggregate] = KeyState()
        return self._memory.keys[aggregate]

    async def _confirm(self, tx: AsyncConnection) -> None:
        """Events seen again in the new epoch: the restored producer still vouches for them."""
        ids = [e.id for e in self._batch.envelopes]
        for statement in _CONFIRM:
            await tx.execute(statement, {"epoch": self._batch.epoch, "consumer": self._consumer, "ids": ids})
