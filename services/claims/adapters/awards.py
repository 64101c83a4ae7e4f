"""Annuities and capitals by their identifier, and the amounts that people decided in place of the computation."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.db.among import among
from kit.money import Money
from services.claims.adapters.annuities import Annuity
from services.claims.adapters.capitals import Capital
from services.claims.adapters.handling_tables import award_override
from services.claims.adapters.tables import annuity, capital
from services.claims.domain.override import Override, OverrideReason

Award = Annuity | Capital


@dataclass(frozen=True, slots=True)
class StatedAward:
    """What somebody proposed, and who approved it (None: nobody yet); `amount` None: the computation counts again."""

    award: UUID
    version: int
    employer: str
    amount: Money | None
    computed: Money
    reason: str
    note: str
    proposed_by: str
    recorded_at: datetime
    approved_by: str | None = None

    @property
    def counts(self) -> bool:
        return self.approved_by is not None

    def counting(self) -> Override | None:
        if self.amount is None:
            return None
        return Override(self.amount, OverrideReason(self.reason), self.computed)


async def find(tx: AsyncConnection, award: UUID) -> Award | None:
    """The annuity or the capital of this identifier, in scope, in its last version."""
    for table, kind, key in ((annuity, Annuity, annuity.c.annuity), (capital, Capital, capital.c.capital)):
        query = select(table).where(key == award).order_by(table.c.version.desc()).limit(1)
        row = (await tx.execute(query)).one_or_none()
        if row is not None:
            return kind(**row._asdict())
    return None


async def put(tx: AsyncConnection, stated: StatedAward) -> None:
    await tx.execute(insert(award_override).values({one.name: getattr(stated, one.name) for one in fields(stated)}))


async def versions(tx: AsyncConnection, awards: Collection[UUID]) -> list[StatedAward]:
    """All that was proposed and approved, by award, the last one last."""
    table = award_override
    query = select(table).where(among(table.c.award, awards)).order_by(table.c.award, table.c.version)
    return [StatedAward(**row._asdict()) for row in await tx.execute(query)]


async def standing(tx: AsyncConnection, awards: Collection[UUID]) -> list[StatedAward]:
    """Of each award what was approved last, and what waits after it."""
    approved: dict[UUID, StatedAward] = {}
    last: dict[UUID, StatedAward] = {}
    for one in await versions(tx, awards) if awards else []:
        last[one.award] = one
        if one.counts:
            approved[one.award] = one
    return [*approved.values(), *(one for one in last.values() if not one.counts)]
