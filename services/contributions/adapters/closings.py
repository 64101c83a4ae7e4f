"""Closings and reopenings of months: each a row, the last of an employer says how far it is closed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.period import Month
from services.contributions.adapters.tables import month_closing as table


@dataclass(frozen=True, slots=True)
class Closing:
    """A month closed with pay received up to `cut_off`, or reopened for a `reason`."""

    id: UUID
    employer: str
    month: Month
    closed: bool
    cut_off: datetime | None
    reason: str | None
    recorded_at: datetime
    recorded_by: str


async def record(tx: AsyncConnection, closing: Closing) -> None:
    values: dict[str, Any] = {name: getattr(closing, name) for name in table.c.keys()}  # noqa: SIM118 - a collection of columns
    await tx.execute(insert(table).values(values))


async def closed_through(tx: AsyncConnection, employer: str) -> Month | None:
    """The last month that is closed, and every one before it with it; None when none is."""
    query = select(table.c.month, table.c.closed).where(table.c.employer == employer)
    row = (await tx.execute(query.order_by(table.c.id.desc()).limit(1))).one_or_none()
    if row is None:
        return None
    month: Month = row.month
    return month if row.closed else month.previous()


async def history(tx: AsyncConnection, employer: str, limit: int, before: UUID | None) -> list[Closing]:
    """The latest first."""
    query = select(table).where(table.c.employer == employer).order_by(table.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(table.c.id < before)
    return [Closing(**row) for row in (await tx.execute(query)).mappings()]
