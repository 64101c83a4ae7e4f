"""Things decided more than once for an agent: each table holds the versions of one kind of them, never changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Column, Table, insert, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

# A dataclass with a field for each column of its table.
V = TypeVar("V")


async def all_of(tx: AsyncConnection, table: Table, kind: type[V], employer: str, agent: UUID) -> list[V]:
    """Every version of an agent with an employer, earlier ones first."""
    mine = (table.c.employer == employer) & (table.c.agent == agent)
    rows = await tx.execute(select(table).where(mine).order_by(table.c.version))
    return [kind(**row._asdict()) for row in rows]


async def write(tx: AsyncConnection, table: Table, versions: Sequence[Any]) -> None:
    """Write decided versions."""
    if versions:
        values = [{field.name: getattr(version, field.name) for field in fields(version)} for version in versions]
        await tx.execute(insert(table), values)


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
