"""What people have to do, as stored: one row per item until it is closed. Reads see the caller's employers only."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, func, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.adapters.tables import work_item as table
from gateway.domain.work_items import Closing, WorkItem

# An item without a due date comes after all that have one.
NEVER = date.max


@dataclass(frozen=True, slots=True)
class Filter:
    """What of the list is asked for; None asks for all."""

    employer: str | None = None
    kind: str | None = None
    agent: str | None = None
    due_before: date | None = None


async def put(tx: AsyncConnection, item: WorkItem, topic: str, key: str) -> None:
    """Open an item; one that is open already is replaced."""
    values = {
        "kind": item.kind,
        "employer": item.employer,
        "agent": item.agent,
        "due": item.due or NEVER,
        "group": item.group,
        "opened_at": item.opened_at,
        "topic": topic,
        "key": key,
    }
    statement = insert(table).values(reference=item.reference, **values)
    await tx.execute(statement.on_conflict_do_update(index_elements=["employer", "reference"], set_=values))


async def close(tx: AsyncConnection, closing: Closing) -> None:
    """Remove the items that a closing names."""
    query = delete(table).where(table.c.employer == closing.employer)
    if closing.reference is not None:
        query = query.where(table.c.reference == closing.reference)
    else:
        query = query.where(table.c.group == closing.group)
    if closing.kinds:
        query = query.where(table.c.kind.in_(closing.kinds))
    await tx.execute(query if closing.due_after is None else query.where(table.c.due > closing.due_after))


async def drop(tx: AsyncConnection, agent: str) -> None:
    """Nobody has anything left to do about this agent."""
    await tx.execute(delete(table).where(table.c.agent == agent))


async def forget(tx: AsyncConnection, topic: str, keys: Collection[str]) -> None:
    """Remove what was built from keys whose history their producer lost."""
    await tx.execute(delete(table).where(table.c.topic == topic, table.c.key.in_(keys)))


async def page(
    tx: AsyncConnection, asked: Filter, after: tuple[date, str, str] | None, limit: int
) -> Sequence[WorkItem]:
    """Items by due date, after a place in that order."""
    place = tuple_(table.c.due, table.c.employer, table.c.reference)
    query = _filtered(select(table), asked).order_by(table.c.due, table.c.employer, table.c.reference).limit(limit)
    if after is not None:
        query = query.where(place > after)
    return [_item(row) for row in (await tx.execute(query)).all()]


async def counts(tx: AsyncConnection, asked: Filter) -> dict[str, int]:
    """How many there are of each kind, whatever the kind asked for."""
    of_all = Filter(asked.employer, None, asked.agent, asked.due_before)
    query = _filtered(select(table.c.kind, func.count()), of_all).group_by(table.c.kind)
    return dict((await tx.execute(query)).all())


def _filtered(query: Any, asked: Filter) -> Any:
    for column, value in ((table.c.employer, asked.employer), (table.c.kind, asked.kind)):
        query = query if value is None else query.where(column == value)
    if asked.agent is not None:
        query = query.where(table.c.agent == asked.agent)
    return query if asked.due_before is None else query.where(table.c.due <= asked.due_before)


def _item(row: Any) -> WorkItem:
    due = None if row.due == NEVER else row.due
    opened: datetime = row.opened_at
    return WorkItem(row.kind, row.employer, row.agent, row.reference, due, row.group, opened)
