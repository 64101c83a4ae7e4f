"""Bulk writes: COPY into a stage table, then one INSERT … SELECT.

PostgreSQL refuses COPY FROM on a table with row-level security; the INSERT passes its policies like any other.
A few rows are inserted as they are: making a stage would cost more than it saves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from operator import itemgetter
from typing import Any, Final

import asyncpg
from pydantic_core import to_json
from sqlalchemy import JSON, Column, Row, Table, TableClause, column, select, table, text
from sqlalchemy.dialects.postgresql import TSTZRANGE, Insert, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.db.database import driver
from kit.db.types import MoneyColumn, MonthColumn, PeriodColumn, RateColumn

_ONE_DAY: Final = timedelta(days=1)
# From so many rows on a stage is worth making.
STAGED_FROM: Final = 20


async def put_rows(
    tx: AsyncConnection,
    target: Table,
    rows: Sequence[Mapping[str, Any]],
    *,
    key: Sequence[str] = (),
    update: Sequence[str] = (),
) -> None:
    """Insert rows that all have the columns of the first, however many. `key` and `update` as for `copy_rows`."""
    if len(rows) >= STAGED_FROM:
        columns = list(rows[0])
        values = map(itemgetter(*columns), rows) if len(columns) > 1 else ((row[columns[0]],) for row in rows)
        await copy_rows(tx, target, columns, values, key=key, update=update)
    elif rows:
        await tx.execute(_settling(insert(target), key, update), [dict(row) for row in rows])


async def copy_rows(
    tx: AsyncConnection,
    target: Table,
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    key: Sequence[str] = (),
    update: Sequence[str] = (),
) -> int:
    """Insert `rows` (values in the order of `columns`, kit types as they are); how many were written.

    With `key`, rows already there are left alone, or get the columns of `update`; then no key may come twice.
    """
    staged = await _staged(tx, target, columns, rows)
    statement = insert(target).from_select(list(columns), select(staged))
    written = await tx.execute(_settling(statement, key, update))
    await tx.execute(text(f"DROP TABLE {staged.name}"))
    return int(written.rowcount)


async def copy_new_rows(
    tx: AsyncConnection, target: Table, columns: Sequence[str], rows: Iterable[Sequence[Any]], *, key: Sequence[str]
) -> list[Row[Any]]:
    """Insert the `rows` whose `key` is not there yet; the keys written, in their order.

    Written in the order of the key, so that two writers of the same rows wait for each other instead of for ever.
    """
    staged = await _staged(tx, target, columns, rows)
    ordered = select(staged).order_by(*(staged.c[name] for name in key))
    statement = insert(target).from_select(list(columns), ordered).on_conflict_do_nothing(index_elements=list(key))
    written = (await tx.execute(statement.returning(*(target.c[name] for name in key)))).all()
    await tx.execute(text(f"DROP TABLE {staged.name}"))
    return list(written)


async def _staged(
    tx: AsyncConnection, target: Table, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> TableClause:
    """The rows in a stage table, which is under no policy; its reader drops it."""
    stage = f"stage_{target.name}"
    names = ", ".join(f'"{name}"' for name in columns)
    await tx.execute(
        text(f'CREATE TEMPORARY TABLE {stage} ON COMMIT DROP AS SELECT {names} FROM "{target.name}" WITH NO DATA')  # noqa: S608 - names of our own tables
    )
    connection = await driver(tx)
    try:
        await connection.copy_records_to_table(stage, records=_raw(target, columns, rows), columns=list(columns))
    except asyncpg.PostgresError as error:
        error.detail = error.context = None  # they quote the line
        raise
    return table(stage, *(column(name) for name in columns))


def _settling(statement: Insert, key: Sequence[str], update: Sequence[str]) -> Insert:
    """The statement, saying what becomes of rows that are already there."""
    if update:
        changes = {name: statement.excluded[name] for name in update}
        return statement.on_conflict_do_update(index_elements=list(key), set_=changes)
    return statement.on_conflict_do_nothing(index_elements=list(key)) if key else statement


def _raw(target: Table, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterable[Sequence[Any]]:
    """The rows as the driver takes them; untouched when no column holds a kit type."""
    converters = [(n, c) for n, name in enumerate(columns) if (c := _converter(target.c[name])) is not None]
    if not converters:
        return rows
    return (_converted(row, converters) for row in rows)


def _converted(row: Sequence[Any], converters: Sequence[tuple[int, Callable[[Any], Any]]]) -> list[Any]:
    values = list(row)
    for n, convert in converters:
        if values[n] is not None:
            values[n] = convert(values[n])
    return values


def _converter(target: Column[Any]) -> Callable[[Any], Any] | None:
    for kind, convert in _CONVERTERS:
        if isinstance(target.type, kind):
            return convert
    return None


def _range(period: Any) -> asyncpg.Range:
    upper = None if period.end is None else period.end + _ONE_DAY
    return asyncpg.Range(period.start, upper, lower_inc=True, upper_inc=False)


def _instants(span: Any) -> asyncpg.Range:
    return asyncpg.Range(span.lower, span.upper, lower_inc=span.lower_inc, upper_inc=span.upper_inc)


_CONVERTERS: Final[tuple[tuple[type, Callable[[Any], Any]], ...]] = (
    (MoneyColumn, lambda money: money.cents),
    (RateColumn, lambda rate: rate.value),
    (MonthColumn, lambda month: month.first),
    (PeriodColumn, _range),
    (TSTZRANGE, _instants),
    (JSON, lambda value: to_json(value).decode()),
)
