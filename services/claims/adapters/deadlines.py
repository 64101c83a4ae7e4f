"""Claims that nobody has settled, by what their deadlines depend on."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.claims.adapters.asked import Who, asked
from services.claims.adapters.handling_tables import claim_file
from services.claims.adapters.tables import claim
from services.claims.domain.claim_life import Stage
from services.claims.domain.deadlines import UNSETTLED


@dataclass(frozen=True, slots=True)
class Unsettled:
    """A claim that the facts support, and where people are with it."""

    claim: UUID
    employer: str
    agent: UUID
    agreement: str
    opened_from: date
    stage: Stage


async def unsettled(tx: AsyncConnection, who: Collection[Who]) -> list[Unsettled]:
    """Those of these agents."""
    chosen = asked(who)
    mine = (claim.c.employer == chosen.c.employer) & (claim.c.agent == chosen.c.agent)
    names = (claim.c.id.label("claim"), claim.c.employer, claim.c.agent, claim.c.agreement)
    query = _unsettled(*names, claim.c.opened_from, _stage().label("stage")).join(chosen, mine)
    rows = await tx.execute(query.order_by(claim.c.id))
    return [Unsettled(**row._asdict() | {"stage": Stage(row.stage)}) for row in rows]


async def first_days(tx: AsyncConnection) -> list[date]:
    """The days from which all of them pay, each once."""
    return list((await tx.execute(_unsettled(claim.c.opened_from).distinct())).scalars())


async def opened_on(tx: AsyncConnection, days: Collection[date]) -> set[Who]:
    """The agents of those that pay from one of these days."""
    rows = await tx.execute(_unsettled(claim.c.employer, claim.c.agent).where(claim.c.opened_from.in_(days)))
    return {(row.employer, row.agent) for row in rows}


def _stage() -> Any:
    """That of a claim only detected when nobody has touched it."""
    return func.coalesce(claim_file.c.stage, Stage.DETECTED.value)


def _unsettled(*columns: Any) -> Select[Any]:
    both = claim.join(claim_file, claim_file.c.claim == claim.c.id, isouter=True)
    return select(*columns).select_from(both).where(claim.c.status != "closed", _stage().in_(UNSETTLED))
