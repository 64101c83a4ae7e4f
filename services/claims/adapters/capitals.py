"""Capitals, each with the versions that were decided of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.money import Money
from kit.period import Month
from services.claims.adapters import versions
from services.claims.adapters.tables import capital

# A guarantee, and whether it is the rest of one of which an IAD paid a part.
Paying = tuple[str, bool]


@dataclass(frozen=True, slots=True)
class Capital:
    """One version. `id` is the decision's; an agent has one `capital` of a guarantee with an employer.

    `kept`: the last day of the ended contract that owes it.
    """

    id: UUID
    employer: str
    agent: UUID
    capital: UUID
    agreement: str
    guarantee: str
    version: int
    due: date
    amount: Money
    amount_delta: Money
    recorded_at: datetime
    rest: bool = False
    alerts: list[str] = field(default_factory=list)
    kept: date | None = None

    def due_to(self, month: Month) -> Money:
        """What has fallen due by the end of a month."""
        return self.amount if self.due <= month.last else Money.zero()


async def page(tx: AsyncConnection, agent: UUID, after: UUID | None, limit: int) -> list[Capital]:
    """The last version of each capital of an agent, in scope, by capital."""
    return await versions.page(tx, capital.c.capital, Capital, agent, after=after, limit=limit)
