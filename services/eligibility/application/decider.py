"""The loop that decides agents again: woken by what asks for it, in batches, one transaction each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kit.clock import Clock
from kit.db.database import Database, Scope
from kit.events.wakeup import Wakeup
from rules.book import Rules
from services.eligibility.adapters import redecisions
from services.eligibility.application.decide_affiliation import decide_affiliation

BATCH: Final = 500
# Without a wake-up the queue is looked at this often all the same.
LOOK_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class Decider:
    """Takes agents off the queue and decides them. `database` is that of the worker role."""

    database: Database
    rules: Rules
    clock: Clock

    async def drain(self) -> int:
        """Decide everybody who waits; how many agents that were."""
        total = 0
        while taken := await self._batch():
            total += taken
        return total

    async def _batch(self) -> int:
        async with self.database.transaction(Scope.all()) as tx:
            asked = await redecisions.take(tx, BATCH)
            if asked:
                await decide_affiliation(tx, asked, self.rules, self.clock)
        return len(asked)

    async def run(self, wakeup: Wakeup) -> None:
        """Decide until cancelled."""
        while True:
            asked = wakeup.next(redecisions.CHANNEL)
            await self.drain()
            await wakeup.wait(asked, LOOK_SECONDS)
