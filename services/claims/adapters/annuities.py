"""Annuities, each with the versions that were decided of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.money import Money
from kit.period import Month
from services.claims.adapters import versions
from services.claims.adapters.tables import annuity


@dataclass(frozen=True, slots=True)
class Annuity:
    """One version. `id` is the decision's; `annuity` is the same for all versions of one recognition."""

    id: UUID
    employer: str
    agent: UUID
    annuity: UUID
    recognition: UUID
    claim: UUID | None
    version: int
    starts: date
    full_amount: Money
    monthly: Money
    monthly_delta: Money
    formula: str
    decree_floor: Money
    alerts: list[str]
    recorded_at: datetime
    ends: date | None = None
    ended: bool = False
    steps: list[dict[str, str]] = field(default_factory=list)

    def monthly_in(self, month: Month) -> Money:
        """What is due in a month: nothing before its first or after its last, then what it was raised to."""
        if self.starts > month.last or (self.ends is not None and self.ends < month.first):
            return Money.zero()
        raised = [step["monthly"] for step in self.steps if step["from"] <= month.last.isoformat()]
        return Money.parse(raised[-1]) if raised and self.monthly else self.monthly

    def due_to(self, month: Month) -> Money:
        """What is due in all months up to one: each is due whole, and alike until the annuity is raised."""
        first, last = Month.of(self.starts), month if self.ends is None else min(month, Month.of(self.ends))
        raised = {Month.of(date.fromisoformat(step["from"])) for step in self.steps}
        changes = [first, *sorted(one for one in raised if first < one <= last), last.next()]
        spans = (pair for pair in pairwise(changes) if pair[0] < pair[1])
        return Money.sum(self.monthly_in(since) * since.until(until) for since, until in spans)


async def page(tx: AsyncConnection, agent: UUID, after: UUID | None, limit: int) -> list[Annuity]:
    """The last version of each annuity of an agent, in scope, by annuity."""
    return await versions.page(tx, annuity.c.annuity, Annuity, agent, after=after, limit=limit)
