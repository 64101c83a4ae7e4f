"""What people state about leaves: claims taken over, and causes, which stay sealed."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select, tuple_
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.money import Money
from kit.period import Month
from services.claims.adapters import tables
from services.claims.adapters.handling_tables import leave_cause, takeover


@dataclass(frozen=True, slots=True)
class StatedTakeover:
    """A leave that is paid for here from `starts` on; the reference month and its pay, where they are known.

    `cancelled`: why it is not taken over after all; `version` is given when it is kept.
    """

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
    version: int = 0
    cancelled: str | None = None


@dataclass(frozen=True, slots=True)
class SealedCause:
    """What a leave is about; equal causes of an agent have equal marks."""

    employer: str
    agent: UUID
    leave: UUID
    sealed: bytes
    mark: str
    ald: bool
    recorded_at: datetime
    recorded_by: str


async def knows_leave(tx: AsyncConnection, employer: str, agent: UUID, leave: UUID) -> bool:
    table = tables.leave
    mine = (table.c.employer == employer) & (table.c.agent == agent) & (table.c.leave == leave)
    return bool((await tx.execute(select(exists().where(mine)))).scalar())


async def take_over(tx: AsyncConnection, stated: StatedTakeover) -> StatedTakeover:
    """Keep a statement beside those before it; the last one about a leave counts. Its agent is held."""
    before = await takeover_of(tx, stated.employer, stated.agent, stated.leave)
    kept = replace(stated, version=before.version + 1 if before else 1)
    await tx.execute(insert(takeover).values(**{one.name: getattr(kept, one.name) for one in fields(kept)}))
    return kept


async def takeover_of(tx: AsyncConnection, employer: str, agent: UUID, leave: UUID) -> StatedTakeover | None:
    """What counts about a leave, cancelled or not; None when nobody said anything."""
    mine = (takeover.c.employer == employer) & (takeover.c.agent == agent) & (takeover.c.leave == leave)
    row = (await tx.execute(select(takeover).where(mine).order_by(takeover.c.version.desc()).limit(1))).one_or_none()
    return None if row is None else StatedTakeover(**row._asdict())


async def takeovers(
    tx: AsyncConnection, agent: UUID | None, after: tuple[str, UUID, UUID] | None, limit: int
) -> list[StatedTakeover]:
    """What counts about each leave in scope, of one agent or all, by employer, agent and leave."""
    place = tuple_(takeover.c.employer, takeover.c.agent, takeover.c.leave)
    columns = (takeover.c.employer, takeover.c.agent, takeover.c.leave)
    query = select(takeover).ext(distinct_on(*columns)).order_by(*columns, takeover.c.version.desc()).limit(limit)
    if agent is not None:
        query = query.where(takeover.c.agent == agent)
    if after is not None:
        query = query.where(place > after)
    return [StatedTakeover(**row._asdict()) for row in await tx.execute(query)]


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
