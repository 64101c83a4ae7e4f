"""What people state about leaves: claims taken over, and causes, which stay sealed."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.money import Money
from kit.period import Month
from services.claims.adapters import tables
from services.claims.adapters.handling_tables import leave_cause, takeover


@dataclass(frozen=True, slots=True)
class StatedTakeover:
    """A leave that is paid for here from `starts` on; the reference month and its pay, where they are known."""

    employer: str
    agent: UUID
    leave: UUID
    agreement: str
    starts: date
    former_insurer: str
    reference_month: Month | None
    tib: Money | None
    nbi: Money | None
    ri: Money | None
    recorded_at: datetime
    recorded_by: str


@dataclass(frozen=True, slots=True)
class SealedCause:
    """What a leave is about; equal causes of an agent have equal marks."""

    employer: str
    agent: UUID
    leave: UUID
    sealed: bytes
    mark: str
    recorded_at: datetime
    recorded_by: str


async def knows_leave(tx: AsyncConnection, employer: str, agent: UUID, leave: UUID) -> bool:
    table = tables.leave
    mine = (table.c.employer == employer) & (table.c.agent == agent) & (table.c.leave == leave)
    return bool((await tx.execute(select(exists().where(mine)))).scalar())


async def take_over(tx: AsyncConnection, stated: StatedTakeover) -> None:
    """The last statement about a leave counts."""
    await _put(tx, takeover, stated)


async def seal(tx: AsyncConnection, cause: SealedCause) -> None:
    """The last statement about a leave counts."""
    await _put(tx, leave_cause, cause)


async def causes(tx: AsyncConnection, employer: str, agent: UUID) -> list[SealedCause]:
    mine = (leave_cause.c.employer == employer) & (leave_cause.c.agent == agent)
    rows = await tx.execute(select(leave_cause).where(mine).order_by(leave_cause.c.leave))
    return [SealedCause(**row._asdict()) for row in rows]


async def _put(tx: AsyncConnection, table: Any, record: Any) -> None:
    row = {one.name: getattr(record, one.name) for one in fields(record)}
    key = [column.name for column in table.primary_key]
    new = insert(table).values(**row)
    changes = {name: new.excluded[name] for name in row if name not in key}
    await tx.execute(new.on_conflict_do_update(index_elements=key, set_=changes))
