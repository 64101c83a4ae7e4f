"""Things decided more than once for an agent: each table holds the versions of one kind of them, never changed."""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID

from sqlalchemy import Column, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

# A dataclass with a field for each column of its table.
V = TypeVar("V")


async def page(
    tx: AsyncConnection, thing: Column[UUID], kind: type[V], agent: UUID, *, after: UUID | None, limit: int
) -> list[V]:
    """The last version of each thing of an agent, in scope, by thing."""
    table = thing.table
    query = select(table).ext(distinct_on(thing)).where(table.c.agent == agent)
    if after is not None:
        query = query.where(thing > after)
    rows = await tx.execute(query.order_by(thing, table.c.version.desc()).limit(limit))
    return [kind(**row._asdict()) for row in rows]
