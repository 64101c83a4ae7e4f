"""Facts dated twice: recorded from an instant on; when they turn out otherwise, no longer known from a later one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, DateTime, Table, func, literal, update
from sqlalchemy.dialects.postgresql import TSTZRANGE, Range
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.db.copy import put_rows
from kit.ids import new_id
from kit.recording import Recording


def known_now(table: Table) -> ColumnElement[bool]:
    """The rows that are still held to be true."""
    return func.upper_inf(table.c.recorded)


def known(table: Table, at: datetime | None) -> ColumnElement[bool]:
    """The rows that were held to be true at an instant, or that still are."""
    return known_now(table) if at is None else table.c.recorded.contains(literal(at, DateTime(timezone=True)))


async def record(tx: AsyncConnection, table: Table, rows: Sequence[dict[str, Any]], recording: Recording) -> None:
    """Record facts. The database refuses one that contradicts what is known of the same days."""
    since = Range(recording.at, None, bounds="[)")
    stamped = [{"fact": new_id(), "recorded": since, "recorded_by": recording.by, **row} for row in rows]
    await put_rows(tx, table, stamped)


async def retract(tx: AsyncConnection, table: Table, condition: ColumnElement[bool], recording: Recording) -> None:
    """Close what is known now and meets the condition; it stays readable as known before."""
    opened = func.lower(table.c.recorded)
    closed = func.tstzrange(opened, func.greatest(opened, literal(recording.at)), type_=TSTZRANGE)
    await tx.execute(update(table).where(known_now(table), condition).values(recorded=closed))
