"""Many agents decided again after something common to them changed: in sets, each in a transaction of its own.

A set that is cut off is simply taken again; what is done stays done. An agent who cannot be decided is put aside.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.clock import Clock
from kit.db.away import is_away
from kit.db.database import Database, Scope
from kit.events import place
from kit.events.failure import may_pass
from kit.events.supervise import describe
from kit.events.wakeup import Wakeup
from rules.book import RuleBook
from services.claims.adapters import files, redecisions
from services.claims.adapters.asked import Who
from services.claims.adapters.redecisions import Cause
from services.claims.application.redecide import redecide_all

# How many are decided in one transaction: enough to spare statements, few enough that nobody waits long for an agent.
BATCH: Final = 100
# So many are under way at once: one is worked out while the database reads or writes another.
SETS_AT_ONCE: Final = 2
# Without a wake-up the queue is looked at this often all the same.
LOOK_SECONDS: Final = 5.0
# The same set is tried so often when what went wrong may pass.
ATTEMPTS: Final = 3

log = structlog.get_logger(__name__)


async def decide_or_ask(
    tx: AsyncConnection, because: tuple[Cause, str], who: Collection[Who], rules: RuleBook, clock: Clock
) -> None:
    """Decide a few at once; more are asked for, and decided in sets soon after this transaction."""
    if len(who) <= BATCH:
        await redecide_all(tx, who, rules, clock)
    else:
        await redecisions.ask(tx, *because, who, clock.instant())


@dataclass(frozen=True, slots=True)
class Redecider:
    """Takes agents off the queue and decides them. `database` is that of the worker role."""

    database: Database
    rules: RuleBook
    clock: Clock

    async def ask_if_law_changed(self) -> bool:
        """Ask for everybody when the rules are others than those for which everybody was last asked."""
        async with self.database.transaction(Scope.all()) as tx:
            if await redecisions.last_law(tx) == self.rules.version:
                return False
            everybody = await files.with_any_case(tx)
            await redecisions.ask(tx, Cause.LAW, self.rules.version, everybody, self.clock.instant())
        return True

    async def drain(self) -> int:
        """Decide everybody who waits; how many agents that were."""
        total = 0
        while taken := await self._set():
            total += taken
        if total:
            await self._finish()
        return total

    async def run(self, wakeup: Wakeup) -> None:
        """Decide until cancelled, everybody first if the law is another."""
        await self.ask_if_law_changed()
        while True:
            asked = wakeup.next(redecisions.CHANNEL)
            await self.drain()
            await wakeup.wait(asked, LOOK_SECONDS)

    async def _set(self) -> int:
        """The next set; one that fails is decided agent by agent, so that only whoever fails is put aside."""
        try:
            return await self._tried(BATCH)
        except Exception as error:
            if is_away(error):
                raise
            log.warning("redecision_set_failed", error=describe(error))
        return sum([await self._alone() for _ in range(BATCH)])

    async def _alone(self) -> int:
        numbers: list[int] = []
        try:
            return await self._tried(1, numbers)
        except Exception as error:
            if is_away(error) or not numbers:
                raise
            log.warning("redecision_failed", error=describe(error))
            async with self.database.transaction(Scope.all()) as tx:
                await redecisions.put_aside(tx, numbers, type(error).__name__)
        await self._finish()
        return 1

    async def _tried(self, limit: int, numbers: list[int] | None = None) -> int:
        """As often as what goes wrong may pass. `numbers` takes those of the queue."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                async with self.database.transaction(Scope.all()) as tx:
                    if not await place.hold_complete(tx):
                        return 0  # what is being read again is not to be missed
                    taken, who = await redecisions.take(tx, limit)
                    if numbers is not None:
                        numbers[:] = taken
                    await redecide_all(tx, who, self.rules, self.clock)
                return len(who)
            except Exception as error:
                if attempt == ATTEMPTS or not may_pass(error):
                    raise
        raise AssertionError("the last attempt returns or raises")

    async def _finish(self) -> None:
        async with self.database.transaction(Scope.all()) as tx:
            await redecisions.finish(tx, self.clock.instant())
