"""Changes beyond their bound: open until a person releases them, issued once released, gone when they no longer are."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.ids import new_id
from kit.period import Month
from services.contributions.adapters.tables import parked_change as table
from services.contributions.domain.bounds import Bound, Breach

OPEN: Final = "OPEN"
RELEASED: Final = "RELEASED"
ISSUED: Final = "ISSUED"
GONE: Final = "GONE"


@dataclass(frozen=True, slots=True)
class Parked:
    """A change that a run did not issue; `reason` is why somebody released it."""

    id: UUID
    employer: str
    month: Month
    breach: Breach
    state: str
    recorded_at: datetime
    settled_at: datetime | None = None
    settled_by: str | None = None
    reason: str | None = None


async def standing(tx: AsyncConnection, employer: str) -> list[Parked]:
    """What is open, or released and not yet issued."""
    query = select(table).where(table.c.employer == employer, table.c.state.in_((OPEN, RELEASED)))
    return [_parked(row) for row in await tx.execute(query)]


async def park(
    tx: AsyncConnection, employer: str, month: Month, found: Collection[Breach], at: datetime
) -> list[Parked]:
    """New ones, open."""
    new = [Parked(new_id(), employer, month, breach, OPEN, at) for breach in found]
    if new:
        await tx.execute(insert(table), [_values(one) for one in new])
    return new


async def settle(
    tx: AsyncConnection, items: Collection[UUID], state: str, *, at: datetime, by: str, reason: str | None = None
) -> None:
    """Release, issue or drop some; a reason given stays."""
    if items:
        values: dict[str, Any] = {"state": state, "settled_at": at, "settled_by": by}
        if reason is not None:
            values["reason"] = reason
        await tx.execute(update(table).where(table.c.id.in_(items)).values(values))


async def one(tx: AsyncConnection, key: UUID) -> Parked | None:
    """One in scope, locked until commit."""
    row = (await tx.execute(select(table).where(table.c.id == key).with_for_update())).one_or_none()
    return None if row is None else _parked(row)


async def after(
    tx: AsyncConnection, limit: int, previous: UUID | None, employer: str | None, state: str | None
) -> list[Parked]:
    """In the order in which they were parked."""
    query = select(table).order_by(table.c.id).limit(limit)
    if previous is not None:
        query = query.where(table.c.id > previous)
    if employer is not None:
        query = query.where(table.c.employer == employer)
    if state is not None:
        query = query.where(table.c.state == state)
    return [_parked(row) for row in await tx.execute(query)]


def _values(one: Parked) -> dict[str, Any]:
    return {
        "id": one.id,
        "employer": one.employer,
        "agent": one.breach.agent,
        "bound": one.breach.bound.value,
        "month": one.month,
        "change": one.breach.change,
        "limit": one.breach.limit,
        "recorded_at": one.recorded_at,
        "state": one.state,
    }


def _parked(row: Row[Any]) -> Parked:
    return Parked(
        id=row.id,
        employer=row.employer,
        month=row.month,
        breach=Breach(Bound(row.bound), row.agent, row.change, row.limit),
        state=row.state,
        recorded_at=row.recorded_at,
        settled_at=row.settled_at,
        settled_by=row.settled_by,
        reason=row.reason,
    )
