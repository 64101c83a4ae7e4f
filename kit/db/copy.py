"""Bulk writes: COPY into a stage table, then one INSERT … SELECT.

PostgreSQL refuses COPY FROM on a table with row-level security; the INSERT passes its policies like any other.
A few rows are inserted as they are: making a stage would cost more than it saves.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from operator import itemgetter
from typing import Any, Final
from zlib import crc32

import asyncpg
from pydantic_core import to_json
from sqlalchemy import JSON, Column, Row, Table, TableClause, column, select, table, text
from sqlalchemy.dialects.postgresql import DATEMULTIRANGE, TSTZRANGE, Insert, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.db.database import driver
from kit.db.types import MoneyColumn, MonthColumn, PeriodColumn, RateColumn, Written

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
    order: Sequence[str] = (),
) -> int:
    """Insert `rows` (values in the order of `columns`, kit types as they are); how many were written.

    With `key`, rows already there are left alone, or get the columns of `update`; then no key may come twice.
    With `order`, they are inserted in the order of these columns.
    """
    staged = await _staged(tx, target, columns, rows)
    ordered = select(staged).order_by(*(staged.c[name] for name in order))
    statement = insert(target).from_select(list(columns), ordered)
    written = await tx.execute(_settling(statement, key, update))
    await tx.execute(text(f"TRUNCATE {staged.name}"))
    return int(written.rowcount)


async def put_new_rows(
    tx: AsyncConnection, target: Table, columns: Sequence[str], rows: Sequence[Sequence[Any]], *, key: Sequence[str]
) -> Sequence[Row[Any]]:
    """Insert the `rows` whose `key` is not there yet, however many; the keys written.

    Written in the order of the key, so that two writers of the same rows wait for each other instead of for ever.
    """
    written = [target.c[name] for name in key]
    if len(rows) >= STAGED_FROM:
        staged = await _staged(tx, target, columns, rows)
        ordered = select(staged).order_by(*(staged.c[name] for name in key))
        statement = insert(target).from_select(list(columns), ordered)
        made = (await tx.execute(_settling(statement, key).returning(*written))).all()
        await tx.execute(text(f"TRUNCATE {staged.name}"))
        return made
    if not rows:
        return []
    places = [columns.index(name) for name in key]
    ordered_rows = sorted(rows, key=lambda row: [row[place] for place in places])
    statement = insert(target).values([dict(zip(columns, row, strict=True)) for row in ordered_rows])
    return (await tx.execute(_settling(statement, key).returning(*written))).all()


async def _staged(
    tx: AsyncConnection, target: Table, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> TableClause:
    """The rows in a stage table, which is under no policy; its reader empties it, the next one of its kind uses it."""
    names = ", ".join(f'"{name}"' for name in columns)
    stage = f"stage_{target.name}_{crc32(names.encode()):08x}"
    made = f"CREATE TEMPORARY TABLE IF NOT EXISTS {stage} ON COMMIT DROP"
    await tx.execute(text(f'{made} AS SELECT {names} FROM "{target.name}" WITH NO DATA'))  # noqa: S608 - our own names
    await _copied(tx, stage, columns, _raw(target, columns, rows))
    return table(stage, *(column(name) for name in columns))


@asynccontextmanager
async def staged_rows(
    tx: AsyncConnection, stage: str, types: Mapping[str, str], rows: Iterable[Sequence[Any]]
) -> AsyncIterator[None]:
    """A temporary table of columns of these types, under no policy: whoever inserts from it passes the target's.

    It is empty again afterwards, for the next rows of its name.
    """
    made = ", ".join(f'"{name}" {kind}' for name, kind in types.items())
    await tx.execute(text(f"CREATE TEMPORARY TABLE IF NOT EXISTS {stage} ({made}) ON COMMIT DROP"))
    await _copied(tx, stage, list(types), rows)
    yield
    await tx.execute(text(f"TRUNCATE {stage}"))


@asynccontextmanager
async def given_rows(
    tx: AsyncConnection, name: str, types: Mapping[str, str], rows: Sequence[Sequence[Any]]
) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    """What a statement selects some rows FROM, and its parameters: a stage, or arrays where they are few."""
    if len(rows) >= STAGED_FROM:
        async with staged_rows(tx, f"stage_{name}", types, rows):
            yield f"stage_{name}", {}
    else:
        arrays = ", ".join(f"CAST(:{column} AS {kind}[])" for column, kind in types.items())
        yield f"unnest({arrays}) AS {name} ({', '.join(types)})", dict(zip(types, zip(*rows, strict=True), strict=True))


async def _copied(tx: AsyncConnection, stage: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    connection = await driver(tx)
    try:
        await connection.copy_records_to_table(stage, records=rows, columns=list(columns))
    except asyncpg.PostgresError as error:
        error.detail = error.context = None  # they quote the line
        raise


def _settling(statement: Insert, key: Sequence[str], update: Sequence[str] = ()) -> Insert:
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


def _bounds(span: Any) -> asyncpg.Range:
    return asyncpg.Range(span.lower, span.upper, lower_inc=span.lower_inc, upper_inc=span.upper_inc)


_CONVERTERS: Final[tuple[tuple[type, Callable[[Any], Any]], ...]] = (
    (MoneyColumn, lambda money: money.cents),
    (RateColumn, lambda rate: rate.value),
    (MonthColumn, lambda month: month.first),
    (PeriodColumn, _range),
    (TSTZRANGE, _bounds),
    (DATEMULTIRANGE, lambda spans: [_bounds(span) for span in spans]),
    (JSON, lambda value: value if isinstance(value, Written) else to_json(value).decode()),
)
