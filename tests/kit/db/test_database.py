"""The pool: what it does when the server, a statement or a lock does not answer."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.db.away import is_away
from kit.db.database import Database, Scope, driver
from tests.postgres import DatabaseFactory
from tests.waiting import eventually


async def backend(tx: AsyncConnection) -> int:
    found: int = (await tx.execute(text("SELECT pg_backend_pid()"))).scalar_one()
    return found


async def test_a_connection_the_server_closed_is_replaced_unseen(database: DatabaseFactory) -> None:
    sample = await database("sample")
    single = Database(sample.urls["api"], pool_size=1)
    async with single.transaction(Scope.none()) as tx:
        first = await backend(tx)
        closed = asyncio.Event()
        (await driver(tx)).add_termination_listener(lambda _connection: closed.set())
    await sample.admin.execute("SELECT pg_terminate_backend($1, 5000)", first)
    async with asyncio.timeout(5):
        await closed.wait()
    async with single.transaction(Scope.none()) as tx:
        assert await backend(tx) != first
    await single.close()


@pytest.mark.parametrize("role", ["api", "worker", "migrator"])
async def test_the_driver_is_inside_the_transaction_with_the_first_statement(
    database: DatabaseFactory, role: str
) -> None:
    """Roles that see everything have no scope set, which is what begins it for the others."""
    pool: Database = getattr(await database("sample"), role)
    async with pool.transaction(Scope.all()) as tx:
        connection = await driver(tx)
        await connection.execute("CREATE TEMPORARY TABLE given (n int) ON COMMIT DROP")
        await connection.copy_records_to_table("given", records=[(1,), (2,)])
        assert await tx.scalar(text("SELECT sum(n) FROM given")) == 3
    async with pool.transaction(Scope.all()) as tx:
        assert await tx.scalar(text("SELECT to_regclass('given')")) is None


async def test_a_statement_that_takes_too_long_is_cut(database: DatabaseFactory) -> None:
    sample = await database("sample")
    hasty = Database(sample.urls["api"], statement_timeout_ms=50)
    endless = text("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT 1 FROM n) SELECT count(*) FROM n")
    with pytest.raises(DBAPIError, match="statement timeout"):
        async with hasty.transaction(Scope.none()) as tx:
            await tx.execute(endless)
    await hasty.close()


async def test_a_server_that_says_nothing_any_more_is_given_up(
    database: DatabaseFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kit.db.database.ANSWER_SECONDS", 0.1)
    sample = await database("sample")
    hasty = Database(sample.urls["api"], statement_timeout_ms=400)
    async with hasty.transaction(Scope.none()) as tx:
        frozen = await backend(tx)
    os.kill(frozen, signal.SIGSTOP)
    try:
        with pytest.raises((DBAPIError, TimeoutError), check=is_away):
            async with hasty.transaction(Scope.none()) as tx:
                await backend(tx)
        async with hasty.transaction(Scope.none()) as tx:
            assert await backend(tx) != frozen
    finally:
        os.kill(frozen, signal.SIGCONT)
        await hasty.close()


async def test_a_wait_for_a_lock_is_cut(database: DatabaseFactory) -> None:
    sample = await database("sample")
    hasty = Database(sample.urls["worker"], lock_timeout_ms=50)
    async with sample.worker.transaction(Scope.none()) as holder:
        await holder.execute(text("LOCK TABLE note IN ROW EXCLUSIVE MODE"))
        with pytest.raises(DBAPIError, match="lock timeout"):
            async with hasty.transaction(Scope.none()) as tx:
                await tx.execute(text("LOCK TABLE note IN SHARE MODE"))
    await hasty.close()


async def test_a_frozen_process_does_not_keep_its_locks(
    database: DatabaseFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kit.db.database.IDLE_SECONDS", 1)
    sample = await database("sample")
    async with sample.worker.dedicated() as silent, sample.worker.dedicated() as other:
        assert await silent.fetchval("SELECT pg_try_advisory_lock(1)")

        async def taken() -> bool:
            return bool(await other.fetchval("SELECT pg_try_advisory_lock(1)"))

        await eventually(taken, "the lock of a connection that says nothing")


async def test_a_dedicated_connection_listens(database: DatabaseFactory) -> None:
    sample = await database("sample")
    heard: asyncio.Queue[str] = asyncio.Queue()
    async with sample.worker.dedicated() as connection:
        await connection.add_listener("told", lambda *told: heard.put_nowait(str(told[3])))
        async with sample.api.transaction(Scope.none()) as tx:
            await tx.execute(text("NOTIFY told, 'yes'"))
        async with asyncio.timeout(5):
            assert await heard.get() == "yes"
    assert connection.is_closed()
