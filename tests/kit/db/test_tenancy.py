"""Row-level security on a real server: what `api` sees and may write in each scope."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Sequence
from uuid import UUID

import pytest
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.db.database import Database, Scope, count_statements
from kit.ids import new_id
from tests.kit.db.sample.tables import note, note_line
from tests.postgres import DatabaseFactory

ONE = "11111111111111"
TWO = "22222222222222"
REFUSED = "row-level security"


def of(*employers: str) -> Scope:
    return Scope.of(frozenset(employers))


async def write(tx: AsyncConnection, employers: Sequence[str]) -> list[UUID]:
    ids = [new_id() for _ in employers]
    rows = [{"id": i, "employer": e, "text": "x"} for i, e in zip(ids, employers, strict=True)]
    await tx.execute(insert(note), rows)
    return ids


async def seen(database: Database, scope: Scope) -> list[str]:
    async with database.transaction(scope) as tx:
        return list((await tx.execute(select(note.c.employer).order_by(note.c.employer))).scalars())


async def test_each_scope_sees_its_employers(database: DatabaseFactory) -> None:
    sample = await database("sample")
    async with sample.worker.transaction(Scope.none()) as tx:
        await write(tx, [ONE, TWO])

    assert await seen(sample.api, Scope.none()) == []
    assert await seen(sample.api, of(ONE)) == [ONE]
    assert await seen(sample.api, of(ONE, TWO)) == [ONE, TWO]
    assert await seen(sample.api, of("33333333333333")) == []
    assert await seen(sample.api, Scope.all()) == [ONE, TWO]
    assert await seen(sample.worker, Scope.none()) == [ONE, TWO]
    assert await seen(sample.migrator, Scope.none()) == [ONE, TWO]


async def test_a_forgotten_scope_shows_nothing(database: DatabaseFactory) -> None:
    sample = await database("sample")
    async with sample.worker.transaction(Scope.all()) as tx:
        await write(tx, [ONE])
    async with sample.api.engine.begin() as tx:
        assert (await tx.execute(select(func.count()).select_from(note))).scalar_one() == 0


async def test_a_pooled_connection_forgets_the_scope_before(database: DatabaseFactory) -> None:
    """`set_config(…, true)` leaves '' behind on the connection, not NULL."""
    sample = await database("sample")
    single = Database(sample.urls["api"], pool_size=1)
    async with single.transaction(of(ONE)) as tx:
        await write(tx, [ONE])
    async with single.engine.connect() as raw:
        left = await raw.execution_options(isolation_level="AUTOCOMMIT")
        assert (await left.execute(text("SELECT current_setting('relais.scope', true)"))).scalar_one() == ""
        assert (await left.execute(select(func.count()).select_from(note))).scalar_one() == 0
    assert await seen(single, Scope.none()) == []
    await single.close()


async def test_writing_for_another_employer_is_refused(database: DatabaseFactory) -> None:
    sample = await database("sample")
    with pytest.raises(DBAPIError, match=REFUSED):
        async with sample.api.transaction(of(ONE)) as tx:
            await write(tx, [TWO])
    with pytest.raises(DBAPIError, match=REFUSED):
        async with sample.api.transaction(Scope.none()) as tx:
            await write(tx, [ONE])
    assert await seen(sample.worker, Scope.all()) == []


async def test_a_row_is_neither_changed_nor_given_away_across_employers(database: DatabaseFactory) -> None:
    sample = await database("sample")
    async with sample.worker.transaction(Scope.all()) as tx:
        await write(tx, [ONE, TWO])
    async with sample.api.transaction(of(ONE)) as tx:
        changed = await tx.execute(update(note).values(text="changed"))
        assert changed.rowcount == 1
    with pytest.raises(DBAPIError, match=REFUSED):
        async with sample.api.transaction(of(ONE)) as tx:
            await tx.execute(update(note).values(employer=TWO))


async def test_a_child_is_seen_with_its_parent(database: DatabaseFactory) -> None:
    sample = await database("sample")
    async with sample.worker.transaction(Scope.all()) as tx:
        parents = await write(tx, [ONE, TWO])
        await tx.execute(insert(note_line), [{"id": new_id(), "note": parent} for parent in parents])
    async with sample.api.transaction(of(ONE)) as tx:
        assert list((await tx.execute(select(note_line.c.note))).scalars()) == [parents[0]]
    with pytest.raises(DBAPIError, match=REFUSED):
        async with sample.api.transaction(of(ONE)) as tx:
            await tx.execute(insert(note_line).values(id=new_id(), note=parents[1]))


async def test_a_scope_of_1400_employers_costs_one_statement_once(database: DatabaseFactory) -> None:
    sample = await database("sample")
    employers = [f"{n:014d}" for n in range(1400)]
    async with sample.worker.transaction(Scope.all()) as tx:
        await write(tx, [*employers, TWO])
    async with count_statements(sample.api) as n:
        assert await seen(sample.api, of(*employers)) == employers
        assert n.total == 2
        assert await seen(sample.api, of(*reversed(employers))) == employers
        assert n.total == 3


async def test_the_first_use_of_a_scope_by_many_at_once(database: DatabaseFactory) -> None:
    sample = await database("sample")
    async with sample.worker.transaction(Scope.all()) as tx:
        await write(tx, [ONE, TWO])
    fresh = [Database(sample.urls["api"], pool_size=2) for _ in range(4)]
    scope = of(TWO, "44444444444444")
    answers = await asyncio.gather(*(seen(each, scope) for each in fresh for _ in range(3)))
    assert answers == [[TWO]] * 12
    for each in fresh:
        await each.close()


async def test_the_rows_of_a_scope_never_change(database: DatabaseFactory) -> None:
    sample = await database("sample")
    assert await seen(sample.api, of(ONE)) == []
    for role in (sample.api, sample.worker):
        for statement in ("UPDATE scope_employer SET employer = '2'", "DELETE FROM scope_employer"):
            with pytest.raises(DBAPIError, match="permission denied"):
                async with role.transaction(Scope.all()) as tx:
                    await tx.execute(text(statement))
    with pytest.raises(DBAPIError, match="never changed"):
        async with sample.migrator.transaction(Scope.all()) as tx:
            await tx.execute(text("DELETE FROM scope_employer"))


async def test_the_outbox_takes_events_of_no_employer_and_of_ours(database: DatabaseFactory) -> None:
    sample = await database("sample")
    event = (
        "INSERT INTO outbox (id, topic, key, version, type, employer, envelope, recorded_at)"
        " VALUES (:id, 't', CAST(CAST(:id AS uuid) AS text), 1, 'y', :employer, '{}', now())"
    )
    async with sample.api.transaction(of(ONE)) as tx:
        for employer in (None, ONE):
            await tx.execute(text(event), {"id": new_id(), "employer": employer})
    with pytest.raises(DBAPIError, match=REFUSED):
        async with sample.api.transaction(of(ONE)) as tx:
            await tx.execute(text(event), {"id": new_id(), "employer": TWO})
    async with sample.worker.transaction(Scope.none()) as tx:
        await tx.execute(text("UPDATE outbox SET position = serial"))
    with pytest.raises(DBAPIError, match="permission denied"):
        async with sample.worker.transaction(Scope.none()) as tx:
            await tx.execute(text("UPDATE outbox SET envelope = '{}'"))


async def test_an_error_undoes_the_whole_transaction(database: DatabaseFactory) -> None:
    sample = await database("sample")

    async def write_then_fail() -> None:
        async with sample.api.transaction(of(ONE)) as tx:
            await write(tx, [ONE])
            raise RuntimeError("later")

    with pytest.raises(RuntimeError, match="later"):
        await write_then_fail()
    assert await seen(sample.api, of(ONE)) == []


async def test_an_error_quotes_no_value(database: DatabaseFactory) -> None:
    sample = await database("sample")
    twice = new_id()
    row = {"id": twice, "employer": ONE, "text": "secret"}

    async def write_twice() -> None:
        async with sample.api.transaction(of(ONE)) as tx:
            await tx.execute(insert(note).values(row))
            await tx.execute(insert(note).values(row))

    with pytest.raises(IntegrityError) as refused:
        await write_twice()
    shown = "".join(traceback.format_exception(refused.value))
    assert "pk_note" in shown
    assert str(twice) not in shown
    assert "secret" not in shown
