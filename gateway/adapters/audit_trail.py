"""The audit trail as stored: appended under one lock, read in order, never changed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Row, insert, or_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.adapters.tables import audit_entry as table
from gateway.domain.audit import FIRST, READING, Chained, Entry, chained

PAGE: Final = 1_000
_LOCK: Final = text("SELECT pg_advisory_xact_lock(hashtext('audit_entry'))")


async def append(tx: AsyncConnection, entries: list[Entry]) -> None:
    """Chain these entries to the last one. Every process waits its turn until the one before has committed."""
    await tx.execute(_LOCK)
    head = select(table.c.position, table.c.digest).order_by(table.c.position.desc()).limit(1)
    last = (await tx.execute(head)).one_or_none()
    start = (0, FIRST) if last is None else (last.position, last.digest)
    rows = [
        {"position": one.position, "digest": one.digest}
        | {name: getattr(one.entry, name) for name in Entry.__dataclass_fields__}
        | {"agents": list(one.entry.agents) or None}
        for one in chained(entries, *start)
    ]
    await tx.execute(insert(table), rows)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries: of one agent, of one client, the newest first, those that changed something; None asks for all."""

    agent: str | None = None
    client: str | None = None
    newest: bool = False
    changes: bool = False


async def page(tx: AsyncConnection, after: int, limit: int, wanted: Wanted | None = None) -> Sequence[Chained]:
    """Entries after a position in the order asked for; from its beginning after 0."""
    wanted = wanted or Wanted()
    query = select(table).limit(limit)
    if wanted.newest:
        query = query.order_by(table.c.position.desc())
        query = query.where(table.c.position < after) if after else query
    else:
        query = query.where(table.c.position > after).order_by(table.c.position)
    if wanted.agent is not None:
        query = query.where(or_(table.c.agent == wanted.agent, table.c.agents.contains([wanted.agent])))
    if wanted.client is not None:
        query = query.where(table.c.client == wanted.client)
    if wanted.changes:
        query = query.where(table.c.method.not_in(READING))
    return [_chained(row) for row in (await tx.execute(query)).all()]


async def every(tx: AsyncConnection) -> AsyncIterator[Chained]:
    """The whole trail, a page at a time."""
    after = 0
    while found := await page(tx, after, PAGE):
        for one in found:
            yield one
        after = found[-1].position


def _chained(row: Row[Any]) -> Chained:
    fields = {name: getattr(row, name) for name in Entry.__dataclass_fields__}
    return Chained(row.position, Entry(**fields | {"agents": tuple(row.agents or ())}), row.digest)
