"""COPY through a stage table, under the row-level security of the api role."""

from __future__ import annotations

from datetime import date
from typing import Any

import asyncpg
import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import DBAPIError

from kit.db.copy import copy_rows
from kit.db.database import Scope, count_statements
from kit.ids import new_id
from kit.money import Money
from kit.period import Month, Period
from kit.rate import Rate
from tests.kit.db.sample.tables import note, note_line
from tests.postgres import ComponentDatabase, DatabaseFactory

ONE, TWO = "11111111111111", "22222222222222"
OURS = Scope.of(frozenset({ONE}))
COLUMNS = ("id", "employer", "text")


async def copied(sample: ComponentDatabase, rows: list[tuple[Any, ...]], **options: tuple[str, ...]) -> int:
    async with sample.api.transaction(OURS) as tx:
        return await copy_rows(tx, note, COLUMNS, rows, **options)


async def test_thousands_of_rows_are_three_statements(database: DatabaseFactory) -> None:
    sample = await database("sample")
    rows = [(new_id(), ONE, f"note {n}") for n in range(5000)]
    async with count_statements(sample.api) as n:
        async with sample.api.transaction(OURS) as tx:
            assert await copy_rows(tx, note, COLUMNS, rows) == 5000
            assert await copy_rows(tx, note, COLUMNS, [(new_id(), ONE, "one more")]) == 1
            assert (await tx.execute(select(func.count()).select_from(note))).scalar_one() == 5001
        assert n.total <= 3 * 2 + 2


async def test_another_employers_row_undoes_the_copy(database: DatabaseFactory) -> None:
    sample = await database("sample")
    with pytest.raises(DBAPIError, match="row-level security"):
        await copied(sample, [(new_id(), ONE, "ours"), (new_id(), TWO, "theirs")])
    async with sample.worker.transaction(Scope.all()) as tx:
        assert (await tx.execute(select(func.count()).select_from(note))).scalar_one() == 0


async def test_rows_already_there_are_left_or_updated(database: DatabaseFactory) -> None:
    sample = await database("sample")
    first, second = new_id(), new_id()
    assert await copied(sample, [(first, ONE, "a")]) == 1
    assert await copied(sample, [(first, ONE, "b"), (second, ONE, "c")], key=("id",)) == 1
    assert await copied(sample, [(first, ONE, "d")], key=("id",), update=("text",)) == 1
    async with sample.api.transaction(OURS) as tx:
        found = (await tx.execute(select(note.c.text).order_by(note.c.text))).scalars().all()
    assert found == ["c", "d"]


async def test_kit_types_go_in_as_they_are(database: DatabaseFactory) -> None:
    sample = await database("sample")
    parent = new_id()
    period = Period(date(2026, 1, 1), date(2026, 1, 31))
    rows = [
        (new_id(), parent, Money(4920), Rate.parse("0.0205"), Month(2026, 1), period),
        (new_id(), parent, None, None, None, Period(date(2026, 2, 1))),
    ]
    async with sample.api.transaction(OURS) as tx:
        await tx.execute(insert(note).values(id=parent, employer=ONE, text="x"))
        await copy_rows(tx, note_line, ("id", "note", "amount", "rate", "month", "period"), rows)
        found = (await tx.execute(select(note_line).order_by(note_line.c.id))).all()
    assert [tuple(row) for row in found] == rows


async def test_a_refused_line_is_not_quoted(database: DatabaseFactory) -> None:
    sample = await database("sample")
    with pytest.raises(asyncpg.PostgresError) as refused:
        await copied(sample, [(new_id(), ONE, "secret\x00")])
    assert "secret" not in str(refused.value)
    assert refused.value.detail is refused.value.context is None
