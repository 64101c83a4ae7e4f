"""Delivers batches to a consumer: effect, inbox row and cursor in one transaction, so each effect happens exactly once.

A batch is tried in one go. When something in it fails, it is applied again with a savepoint around each event, so that
the one at fault is found and parked, and the others go on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from kit.db.away import is_away
from kit.db.database import Database, Scope
from kit.events import metrics, parking
from kit.events.applying import Application, Batch
from kit.events.consumer import Subscription
from kit.events.handling import LaterError, Run, carefully, plainly
from kit.events.ordering import Outcome
from kit.events.supervise import describe

TRIES: Final = 5
RETRY_LIMIT_SECONDS: Final = 2.0

# Moves the reader's place in the same transaction, and keeps replays of parked events out of it; False when another
# process already moved the place.
Advance = Callable[[AsyncConnection], Awaitable[bool]]

log = structlog.get_logger(__name__)


class Delivery:
    """One subscription of one component: what its transport hands batches to."""

    def __init__(self, database: Database, component: str, subscription: Subscription) -> None:
        self.database = database
        self.subscription = subscription
        self.consumer = f"{component}.{subscription.name}"

    async def deliver(self, batch: Batch, advance: Advance | None = None) -> Counter[Outcome] | None:
        """Apply a batch and say what became of its events; None when another process was faster.

        Raises what failed when the database is away: nothing was applied, the batch is to be given again.
        """
        with metrics.BATCH_SECONDS.labels(self.consumer).time():
            tally = await self._deliver(batch, advance or self._stay)
        for outcome, number in (tally or {}).items():
            metrics.DELIVERED.labels(self.consumer, outcome.value).inc(number)
        if tally and any(outcome.waits for outcome in tally):
            await self.count_parked()
        return tally

    async def count_parked(self) -> None:
        """Bring the gauge of parked events up to date."""
        async with self.database.transaction(Scope.all()) as tx:
            metrics.PARKED.labels(self.consumer).set(await parking.count(tx, self.consumer))

    async def _deliver(self, batch: Batch, advance: Advance) -> Counter[Outcome] | None:
        try:
            return await self._transaction(batch, advance, plainly(self.subscription))
        except Exception as error:
            if is_away(error):
                raise
            log.warning("event_batch_failed", consumer=self.consumer, error=describe(error))
        async for attempt in AsyncRetrying(
            stop=stop_after_attempt(TRIES),
            wait=wait_random_exponential(multiplier=0.05, max=RETRY_LIMIT_SECONDS),
            retry=retry_if_exception_type(LaterError),
            reraise=True,
        ):
            with attempt:
                metrics.RETRIES.labels(self.consumer).inc()
                patient = attempt.retry_state.attempt_number < TRIES
                return await self._transaction(batch, advance, carefully(self.subscription, patient=patient))
        raise AssertionError("the last attempt answers or raises")

    async def _transaction(self, batch: Batch, advance: Advance, run: Run) -> Counter[Outcome] | None:
        async with self.database.transaction(Scope.all()) as tx:
            if not await advance(tx):
                return None
            if not batch.envelopes:
                return Counter()
            return await Application(self.consumer, self.subscription, batch, run).apply(tx)

    async def _stay(self, tx: AsyncConnection) -> bool:
        """For a reader that keeps its place elsewhere."""
        await parking.share(tx, self.consumer)
        return True
