"""What a service does for the rights of persons: erase one, unless something must be kept, and purge what is old.

A service says what it holds (`Holding`), why that must stay for now (`Hold`), how it erases, and what it purges by
which rule. Routes (kit/http/data_protection.py) and the night's task are the same for every service.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.clock import Clock
from kit.db import data_subjects
from kit.db.data_subjects import Erasure
from kit.errors import RelaisError
from kit.period import add_years
from kit.scheduler import Daily, Task
from kit.trace import canonical, plain

if TYPE_CHECKING:
    from rules.book import Rules, RuleValue
else:  # kit does not import rules at run time
    Rules = Any


@dataclass(frozen=True, slots=True)
class Holding:
    """What a service holds of a person, in rows, and what erasing does to it. `why` is French."""

    what: str
    count: int
    erased: bool
    why: str


@dataclass(frozen=True, slots=True)
class Hold:
    """Why a person may not be erased: before the day `until`, or as long as it is so (None). With its rule, if any."""

    what: str
    why: str
    until: date | None = None
    rule: str | None = None
    reference: str | None = None
    confidence: str | None = None

    @classmethod
    def by(cls, value: RuleValue, what: str, why: str, until: date) -> Hold:
        """Until a day that a rule gives."""
        return cls(what, why, until, value.id, value.reference, value.confidence.value)


@dataclass(frozen=True, slots=True)
class Preview:
    """What erasing would do, and what forbids it."""

    holdings: tuple[Holding, ...]
    holds: tuple[Hold, ...]

    @classmethod
    def on(cls, today: date, holdings: Sequence[Holding], holds: Sequence[Hold]) -> Preview:
        """As it stands on a day: nothing that is not held, no hold that has run out."""
        running = (hold for hold in holds if hold.until is None or today < hold.until)
        return cls(tuple(one for one in holdings if one.count), tuple(running))

    @property
    def mark(self) -> str:
        """Equal for equal previews: what a confirmation names."""
        said = [[asdict(one) for one in part] for part in (self.holdings, self.holds)]
        return hashlib.sha256(canonical(plain(said))).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Purge:
    """What is deleted once it is as old as a rule says, in years. Both queries take `:before`, a day that is kept.

    `dated`: the rows bear the day on which they go, which the rule gave when they came.
    """

    what: str
    rule: str
    count: str
    delete: str
    dated: bool = False


@dataclass(frozen=True, slots=True)
class Due:
    """What a purge deletes on a day: rows of before a day, by the rule's value of today."""

    purge: Purge
    value: RuleValue
    before: date
    count: int


@dataclass(frozen=True, slots=True)
class DataProtection:
    """What a service does. `erase` takes any number of persons, as often as asked; `tell` tells the others, once."""

    look: Callable[[AsyncConnection, UUID, Rules, date], Awaitable[Preview]]
    erase: Callable[[AsyncConnection, Sequence[UUID]], Awaitable[None]]
    purges: tuple[Purge, ...] = ()
    tell: Callable[[AsyncConnection, UUID], Awaitable[None]] | None = None

    async def due(self, tx: AsyncConnection, rules: Rules, today: date, *, delete: bool) -> list[Due]:
        """What is to be purged on a day; deleted where asked."""
        found: list[Due] = []
        for purge in self.purges:
            value = rules.at(purge.rule, today)
            before = today if purge.dated else add_years(today, -value.integer)
            result = await tx.execute(text(purge.delete if delete else purge.count), {"before": before})
            found.append(Due(purge, value, before, int(result.rowcount if delete else result.scalar_one())))
        return found

    async def apply(self, tx: AsyncConnection, agent: UUID, done: Erasure) -> None:
        """Erase a person here: the key, and whatever would find or show them."""
        await data_subjects.destroy(tx, agent, done)
        await self.erase(tx, [agent])
        await _forget_answers(tx, agent)

    async def confirm(
        self, tx: AsyncConnection, agent: UUID, mark: str, done: Erasure, rules: Rules, *, today: date
    ) -> Erasure:
        """Erase a person who may be. Again, it gives the first erasure. Raises PreviewStale, RetentionRuns."""
        preview = await self.look(tx, agent, rules, today)  # it may lock what is decided of the person: first of all
        known = (await data_subjects.hold(tx, agent)).erasure
        if known is not None:
            return known
        if preview.mark != mark:
            raise PreviewStale(pointer="/preview")
        if preview.holds and not done.overridden:
            raise RetentionRuns(detail_fr=" ".join(hold.why for hold in preview.holds))
        done = replace(done, overridden=bool(preview.holds))
        if self.tell is not None:
            await self.tell(tx, agent)
        await self.apply(tx, agent, done)
        return done

    def task(self, rules: Rules, clock: Clock) -> Task:
        """Each night: what is old enough goes, and what a restore brought back of erased persons."""

        async def run(tx: AsyncConnection, _due: datetime) -> None:
            await self.due(tx, rules, clock.day(), delete=True)
            async for agents in data_subjects.erased(tx):
                await self.erase(tx, agents)

        return Task("data-protection.purge", Daily(time(3, 45)), run)


async def _forget_answers(tx: AsyncConnection, agent: UUID) -> None:
    """Answers kept for replays may hold a name: those that are about this person."""
    mine = "position(convert_to(:agent, 'UTF8') IN body) > 0 OR position(:agent IN operation) > 0"
    await tx.execute(text(f"DELETE FROM idempotency_key WHERE {mine}"), {"agent": str(agent)})  # noqa: S608 - ours


class PreviewStale(RelaisError):
    """What the confirmation was given for is no longer what there is."""

    code = "erasure_preview_stale"
    title_fr = "L'aperçu confirmé n'est plus à jour"
    title_en = "The preview that was confirmed is out of date"
    status = 409


class RetentionRuns(RelaisError):
    """A retention, a prescription or an open case forbids erasing."""

    code = "retention_runs"
    title_fr = "Une conservation obligatoire court encore"
    title_en = "A retention still runs"
    status = 409
