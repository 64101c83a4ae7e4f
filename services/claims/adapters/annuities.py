"""Annuities, each with the versions that were decided of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.money import Money
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


async def current(tx: AsyncConnection, employer: str, agent: UUID) -> dict[UUID, Annuity]:
    """The last version of each annuity of an agent, by recognition."""
    mine = (annuity.c.employer == employer) & (annuity.c.agent == agent)
    rows = await tx.execute(select(annuity).where(mine).order_by(annuity.c.version))
    return {row.recognition: Annuity(**row._asdict()) for row in rows}


async def decide(tx: AsyncConnection, versions: Sequence[Annuity]) -> None:
    """Write decided versions; they are never changed afterwards."""
    if versions:
        values = [{name: getattr(version, name) for name in Annuity.__slots__} for version in versions]
        await tx.execute(insert(annuity), values)


async def page(tx: AsyncConnection, agent: UUID, after: UUID | None, limit: int) -> list[Annuity]:
    """The last version of each annuity of an agent, in scope, by annuity."""
    query = select(annuity).ext(distinct_on(annuity.c.annuity)).where(annuity.c.agent == agent)
    if after is not None:
        query = query.where(annuity.c.annuity > after)
    rows = await tx.execute(query.order_by(annuity.c.annuity, annuity.c.version.desc()).limit(limit))
    return [Annuity(**row._asdict()) for row in rows]
