"""Facts dated twice: the days they hold (`valid`) and the instants between which Relais believed so (`recorded`).

Nothing is overwritten: what is known later closes `recorded` and adds rows. An exclusion constraint keeps one belief
about one day at one instant.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Column, ColumnElement, Index, MetaData, Table, func, insert, literal, select, text, update
from sqlalchemy.dialects.postgresql import TSTZRANGE, ExcludeConstraint, Range
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.schema import SchemaItem

from kit.db.types import Id, PeriodColumn
from kit.ids import new_id
from kit.period import Period

ONE_DAY: Final = timedelta(days=1)
_OWN: Final = ("row", "valid", "recorded")


def temporal_table(name: str, metadata: MetaData, *columns: SchemaItem) -> Table:
    """A table of facts about `id` (the agent, the leave, …), with `columns` for what the fact says."""
    return Table(
        name,
        metadata,
        Column("row", Id, primary_key=True),
        Column("id", Id, nullable=False),
        Column("valid", PeriodColumn, nullable=False),
        Column("recorded", TSTZRANGE, nullable=False),
        *columns,
        no_overlap(name),
        Index(f"ix_{name}_current", "id", postgresql_where=text("upper_inf(recorded)")),
    )


def no_overlap(name: str) -> ExcludeConstraint:
    """The exclusion constraint of a temporal table, for its MetaData and for its migration."""
    return ExcludeConstraint(
        ("id", "="), ("valid", "&&"), ("recorded", "&&"), name=f"ex_{name}_valid_recorded", using="gist"
    )


def believed(table: Table, known_at: datetime | None = None) -> ColumnElement[bool]:
    """Rows believed at `known_at`, or now when it is None."""
    if known_at is None:
        return func.upper_inf(table.c.recorded)
    return table.c.recorded.op("@>")(literal(known_at))


def holding(table: Table, as_of: date, known_at: datetime | None = None) -> ColumnElement[bool]:
    """Rows that hold on the day `as_of`, as believed at `known_at`."""
    return table.c.valid.op("@>", is_comparison=True)(literal(as_of)) & believed(table, known_at)


async def record(
    tx: AsyncConnection, table: Table, entity: UUID, valid: Period, *, values: Mapping[str, Any], at: datetime
) -> UUID:
    """Believe from `at` on that `values` hold over `valid`; what was believed of those days is closed, the days around
    keep their values. The caller holds the lock of the aggregate. Returns the new row's id.
    """
    instant = await _close(tx, table, entity, valid, at)
    row = new_id()
    await _insert(tx, table, [{"row": row, "id": entity, "valid": valid, **values}], instant)
    return row


async def retract(tx: AsyncConnection, table: Table, entity: UUID, valid: Period, *, at: datetime) -> None:
    """Believe from `at` on that nothing holds over `valid`."""
    await _close(tx, table, entity, valid, at)


async def _close(tx: AsyncConnection, table: Table, entity: UUID, valid: Period, at: datetime) -> datetime:
    """Close the rows that meet `valid` and put back their days outside it; the instant at which that is."""
    meets = table.c.valid.op("&&", is_comparison=True)(literal(valid, PeriodColumn))
    current = (table.c.id == entity) & believed(table) & meets
    rows = (await tx.execute(select(table).where(current).with_for_update())).mappings().all()
    if not rows:
        return at
    # Never before what it replaces: clocks of two machines differ.
    instant: datetime = max(at, *(row["recorded"].lower for row in rows))
    closed = func.tstzrange(func.lower(table.c.recorded), instant)
    await tx.execute(update(table).where(table.c.row.in_([row["row"] for row in rows])).values(recorded=closed))
    kept = [
        {**{k: v for k, v in row.items() if k not in _OWN}, "row": new_id(), "valid": rest}
        for row in rows
        for rest in outside(row["valid"], valid)
    ]
    await _insert(tx, table, kept, instant)
    return instant


async def _insert(tx: AsyncConnection, table: Table, rows: Iterable[Mapping[str, Any]], instant: datetime) -> None:
    filled = [{**row, "recorded": Range(instant, None, bounds="[)")} for row in rows]
    if filled:
        await tx.execute(insert(table), filled)


def outside(period: Period, hole: Period) -> list[Period]:
    """The days of `period` that `hole` leaves, as none, one or two periods.

    >>> january = Period(date(2026, 1, 1), date(2026, 1, 31))
    >>> [(p.start.day, p.end.day) for p in outside(january, Period(date(2026, 1, 10), date(2026, 1, 20)))]
    [(1, 9), (21, 31)]
    """
    if not period.meets(hole):
        return [period]
    rest = []
    if period.start < hole.start:
        rest.append(Period(period.start, hole.start - ONE_DAY))
    if hole.end is not None and hole.end < period.last:
        rest.append(Period(hole.end + ONE_DAY, period.end))
    return rest
