"""Claims, the reference pay frozen on them, and the months decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, and_, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.money import Money
from kit.period import Month
from services.claims.adapters.tables import benefit, claim, claim_reference, kit

DECISIONS_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim as stored. `reason` says what is awaited, or why it is closed."""

    id: UUID
    employer: str
    agent: UUID
    agreement: str
    leave: UUID
    opened_from: date
    status: str
    reason: str | None
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class FrozenReference:
    """The reference pay of a claim, in its last version."""

    claim: UUID
    version: int
    employer: str
    month: Month
    pay: dict[str, Any]
    target: Money
    trace: dict[str, Any]
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Benefit:
    """What was decided for a month; deltas are against the version before."""

    id: UUID
    employer: str
    agent: UUID
    claim: UUID
    month: Month
    version: int
    target_net: Money
    statutory_net: Money
    social_security: Money
    benefit: Money
    benefit_delta: Money
    ri_full_pay: Money
    ri_full_pay_delta: Money
    decree_floor: Money
    alerts: list[str]
    recorded_at: datetime


async def page(tx: AsyncConnection, agent: UUID | None, after: UUID | None, limit: int) -> list[Claim]:
    """Claims in scope, of one agent or all, by id."""
    query = select(claim).order_by(claim.c.id).limit(limit)
    if agent is not None:
        query = query.where(claim.c.agent == agent)
    if after is not None:
        query = query.where(claim.c.id > after)
    return [_claim(row) for row in await tx.execute(query)]


async def one(tx: AsyncConnection, claim_id: UUID) -> Claim | None:
    row = (await tx.execute(select(claim).where(claim.c.id == claim_id))).one_or_none()
    return None if row is None else _claim(row)


async def reference(tx: AsyncConnection, claim_id: UUID) -> FrozenReference | None:
    """The reference pay in its last version; None while it is awaited."""
    table = claim_reference
    query = select(table).where(table.c.claim == claim_id).order_by(table.c.version.desc()).limit(1)
    row = (await tx.execute(query)).one_or_none()
    return None if row is None else FrozenReference(**row._asdict())


async def current(tx: AsyncConnection, claim_ids: Sequence[UUID]) -> dict[tuple[UUID, Month], Benefit]:
    """The last version of every month decided for these claims."""
    last = (
        select(benefit.c.claim, benefit.c.month, func.max(benefit.c.version).label("version"))
        .where(benefit.c.claim.in_(claim_ids))
        .group_by(benefit.c.claim, benefit.c.month)
        .subquery()
    )
    same = and_(benefit.c.claim == last.c.claim, benefit.c.month == last.c.month, benefit.c.version == last.c.version)
    rows = await tx.execute(select(benefit).join(last, same))
    return {(row.claim, row.month): Benefit(**row._asdict()) for row in rows}


async def benefits_page(
    tx: AsyncConnection, claim_id: UUID, *, history: bool, after: tuple[Month, int] | None, limit: int
) -> list[Benefit]:
    """The months of a claim in their last version, or with `history` in all of them, by month and version."""
    query = select(benefit).where(benefit.c.claim == claim_id)
    if not history:
        query = query.ext(distinct_on(benefit.c.month)).order_by(benefit.c.month, benefit.c.version.desc())
        query = select(aliased := query.subquery()).order_by(aliased.c.month)
        columns = aliased.c
    else:
        query, columns = query.order_by(benefit.c.month, benefit.c.version), benefit.c
    if after is not None:
        month, version = after
        query = query.where((columns.month > month) | ((columns.month == month) & (columns.version > version)))
    return [Benefit(**row._asdict()) for row in await tx.execute(query.limit(limit))]


async def highest(tx: AsyncConnection, claim_id: UUID, month: Month) -> Money:
    """The most that was ever decided for a month of a claim."""
    mine = (benefit.c.claim == claim_id) & (benefit.c.month == month)
    rows = await tx.execute(select(benefit.c.benefit, benefit.c.ri_full_pay).where(mine))
    return max((row.benefit + row.ri_full_pay for row in rows), default=Money.zero())


def _claim(row: Row[Any]) -> Claim:
    return Claim(**row._asdict())


async def decision_ids(tx: AsyncConnection, after: UUID | None) -> list[UUID]:
    """The next identifiers of stored decisions, in the order of recording."""
    table = kit.decision
    query = select(table.c.id).order_by(table.c.id).limit(DECISIONS_AT_ONCE)
    if after is not None:
        query = query.where(table.c.id > after)
    return list((await tx.execute(query)).scalars())
