"""Amounts that people decided for a month of a claim, every version of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.db.among import among
from kit.money import Money
from kit.period import Month
from rules.vocabulary import Guarantee
from services.claims.adapters.handling_tables import benefit_override
from services.claims.domain.override import Override, OverrideReason

# A month of a claim, and which of its two amounts: income maintenance, or what option 3 pays.
Overridden = tuple[UUID, Month, Guarantee]


@dataclass(frozen=True, slots=True)
class StatedOverride:
    """What was decided for a month, and why; `amount` None: lifted, the computation counts again."""

    claim: UUID
    month: Month
    guarantee: str
    version: int
    employer: str
    amount: Money | None
    computed: Money
    reason: str
    note: str
    recorded_at: datetime
    recorded_by: str

    def counting(self) -> Override | None:
        if self.amount is None:
            return None
        return Override(self.amount, OverrideReason(self.reason), self.computed)


async def override(tx: AsyncConnection, stated: StatedOverride) -> None:
    await tx.execute(insert(benefit_override).values({one.name: getattr(stated, one.name) for one in fields(stated)}))


async def of_claims(tx: AsyncConnection, claims: Collection[UUID]) -> list[StatedOverride]:
    """Every version, by claim, month and guarantee, the last one last."""
    table = benefit_override
    query = select(table).where(among(table.c.claim, claims)).order_by(*table.primary_key)
    return [StatedOverride(**row._asdict()) for row in await tx.execute(query)]


def last_of(stated: Collection[StatedOverride]) -> dict[Overridden, StatedOverride]:
    """What counts of each month, lifted or not; versions come in order."""
    return {(one.claim, one.month, Guarantee(one.guarantee)): one for one in stated}
