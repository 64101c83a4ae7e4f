"""A backup of a database in use, and its restore: same rows, same walls, a new epoch."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError

from kit.crypto import KeyRing
from kit.db import data_subjects
from kit.db.backup import BackupError, backup, clear, restore
from kit.db.data_subjects import Erasure, PersonErased
from kit.db.database import Database, Scope
from kit.db.migrate import check, upgrade
from kit.db.provision import ROLE_KINDS, RoleKind, component_url, database_name, drop, provision
from kit.ids import new_id
from relais.postgres_programs import tool
from tests.kit.db.sample.tables import note
from tests.postgres import SAMPLES, SessionPostgres
from tests.waiting import eventually

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
ONE, TWO = "11111111111111", "22222222222222"
PASSWORDS: dict[RoleKind, str] = dict.fromkeys(ROLE_KINDS, "secret")
COMPONENT = "backed"


@pytest.fixture
async def urls(postgres: SessionPostgres) -> dict[str, str]:
    """A fresh migrated database with one note of each of two employers."""
    dsn = postgres.server.admin_dsn
    await drop(dsn, COMPONENT)
    await provision(dsn, COMPONENT, PASSWORDS)
    urls: dict[str, str] = {kind: component_url(dsn, COMPONENT, kind, "secret") for kind in ROLE_KINDS}
    await upgrade(urls["migrator"], COMPONENT, migrations=SAMPLES["sample"])
    await add_note(urls["api"], ONE)
    await add_note(urls["api"], TWO)
    return {**urls, "admin": dsn}


async def add_note(url: str, employer: str) -> None:
    database = Database(url)
    async with database.transaction(Scope.of(frozenset({employer}))) as tx:
        await tx.execute(insert(note).values(id=new_id(), employer=employer, text="x"))
    await database.close()


async def seen(url: str, scope: Scope) -> list[str]:
    database = Database(url)
    try:
        async with database.transaction(scope) as tx:
            return list((await tx.execute(select(note.c.employer).order_by(note.c.employer))).scalars())
    finally:
        await database.close()


async def inside(dsn: str, query: str) -> Any:
    connection = await asyncpg.connect(dsn, database=database_name(COMPONENT))
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def restored(urls: dict[str, str], file: Path) -> None:
    await restore(urls["admin"], COMPONENT, PASSWORDS, file, pg_restore=tool("pg_restore"))


async def test_somebody_who_stays_connected_leaves_all_as_it_was(urls: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "backed.dump"
    await backup(urls["migrator"], file, pg_dump=tool("pg_dump"))
    await add_note(urls["api"], ONE)
    staying = await asyncpg.connect(urls["admin"], database=database_name(COMPONENT))
    frozen = await staying.fetchval("SELECT pg_backend_pid()")
    os.kill(frozen, signal.SIGSTOP)
    # The server waits for it for five seconds, and drops no database before every backend has answered.
    asyncio.get_running_loop().call_later(8.0, os.kill, frozen, signal.SIGCONT)
    with pytest.raises(BackupError, match="reste connecté"):
        await restored(urls, file)
    assert await seen(urls["worker"], Scope.all()) == [ONE, ONE, TWO]
    staying.terminate()
    await restored(urls, file)
    assert await seen(urls["worker"], Scope.all()) == [ONE, TWO]


async def test_a_restore_killed_in_the_exchange_has_changed_nothing(urls: dict[str, str], tmp_path: Path) -> None:
    """Its process is gone while the server still waits for a backend to leave: the others come in again."""
    file, name = tmp_path / "backed.dump", database_name(COMPONENT)
    await backup(urls["migrator"], file, pg_dump=tool("pg_dump"))
    await add_note(urls["api"], ONE)
    staying = await asyncpg.connect(urls["admin"], database=name)
    frozen = await staying.fetchval("SELECT pg_backend_pid()")
    os.kill(frozen, signal.SIGSTOP)
    restoring = asyncio.create_task(restored(urls, file))
    admin = await asyncpg.connect(urls["admin"])

    async def renaming() -> int | None:
        found: int | None = await admin.fetchval(
            "SELECT pid FROM pg_stat_activity WHERE query LIKE 'ALTER DATABASE % RENAME %' AND pid <> pg_backend_pid()"
        )
        return found

    await admin.execute("SELECT pg_terminate_backend($1)", await eventually(renaming, "the exchange"))
    asyncio.get_running_loop().call_later(0.5, os.kill, frozen, signal.SIGCONT)
    with pytest.raises(asyncpg.InterfaceError):
        await restoring
    assert await seen(urls["worker"], Scope.all()) == [ONE, ONE, TWO]
    staying.terminate()
    await admin.execute(f"CREATE DATABASE {name}_former")  # as if it were killed once all is exchanged
    await clear(urls["admin"], [COMPONENT])
    beside = await admin.fetchval("SELECT count(*) FROM pg_database WHERE datname LIKE $1", f"{name}\\__%")
    await admin.close()
    assert (beside, await seen(urls["worker"], Scope.all())) == (0, [ONE, ONE, TWO])


async def test_scopes_first_used_since_the_backup_are_known_in_what_takes_its_place(
    urls: dict[str, str], tmp_path: Path
) -> None:
    """A process that goes on over the restore writes them again."""
    file, both = tmp_path / "backed.dump", Scope.of(frozenset({ONE, TWO}))
    await backup(urls["migrator"], file, pg_dump=tool("pg_dump"))
    going_on = Database(urls["api"], pool_size=2)
    async with going_on.transaction(both) as tx:
        assert (await tx.execute(select(note.c.employer))).all()
    await restored(urls, file)

    async def asked() -> list[str]:
        async with going_on.transaction(both) as tx:
            return sorted((await tx.execute(select(note.c.employer))).scalars())

    with contextlib.suppress(DBAPIError):  # of the connection that was cut off
        await asked()
    assert await asked() == [ONE, TWO]
    async with going_on.transaction(both) as tx:
        await tx.execute(insert(note).values(id=new_id(), employer=ONE, text="x"))
    await going_on.close()


async def test_rows_and_walls_come_back_with_a_new_epoch(urls: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "backed.dump"
    await backup(urls["migrator"], file, pg_dump=tool("pg_dump"))
    assert {made.stat().st_mode & 0o777 for made in os.scandir(tmp_path)} == {0o600}
    epoch = await inside(urls["admin"], "SELECT epoch FROM feed_meta")
    await add_note(urls["api"], ONE)
    in_use = Database(urls["api"])
    async with in_use.transaction(Scope.none()) as tx:
        await tx.execute(text("SELECT 1"))

    await restored(urls, file)

    assert await seen(urls["worker"], Scope.none()) == [ONE, TWO]
    assert await seen(urls["api"], Scope.of(frozenset({ONE}))) == [ONE]
    assert await seen(urls["api"], Scope.none()) == []
    assert await check(urls["migrator"], COMPONENT, migrations=SAMPLES["sample"]) == []
    assert await inside(urls["admin"], "SELECT epoch FROM feed_meta") != epoch
    for table in ("ledger_line", "decision", "scope_employer"):
        for act in ("UPDATE", "DELETE", "TRUNCATE"):
            assert not await inside(
                urls["admin"], f"SELECT has_table_privilege('relais_backed_worker', '{table}', '{act}')"
            )
    await in_use.close()


async def test_new_tables_after_a_restore_keep_the_default_privileges(urls: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "backed.dump"
    await backup(urls["migrator"], file, pg_dump=tool("pg_dump"))
    await restored(urls, file)
    migrator = Database(urls["migrator"])
    async with migrator.transaction(Scope.all()) as tx:
        await tx.execute(text("CREATE TABLE later (id int)"))
    await migrator.close()
    assert await inside(urls["admin"], "SELECT has_table_privilege('relais_backed_api', 'later', 'INSERT')")


async def test_a_broken_archive_changes_nothing(urls: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "backed.dump"
    await backup(urls["migrator"], file, pg_dump=tool("pg_dump"))
    broken = tmp_path / "broken.dump"
    broken.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    epoch = await inside(urls["admin"], "SELECT epoch FROM feed_meta")
    with pytest.raises(BackupError):
        await restored(urls, broken)
    assert await seen(urls["worker"], Scope.none()) == [ONE, TWO]
    assert await inside(urls["admin"], "SELECT epoch FROM feed_meta") == epoch


async def test_a_failed_backup_leaves_no_file(urls: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="pg_dump"):
        await backup(urls["migrator"] + "_absent", tmp_path / "x.dump", pg_dump=tool("pg_dump"))
    assert not any(os.scandir(tmp_path))


async def test_a_lost_database_is_made_again(urls: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "backed.dump"
    await backup(urls["migrator"], file, pg_dump=tool("pg_dump"))
    await drop(urls["admin"], COMPONENT)
    await restored(urls, file)
    assert await seen(urls["worker"], Scope.none()) == [ONE, TWO]


async def test_a_destroyed_key_comes_back_with_no_archive_of_the_data(urls: dict[str, str], tmp_path: Path) -> None:
    ring = KeyRing.parse(KeyRing.generate("test"))
    kept, erased, later = new_id(), new_id(), new_id()
    database = Database(urls["api"])
    async with database.transaction(Scope.all()) as tx:
        assert len(await data_subjects.keys_to_seal(tx, [kept, erased], ring)) == 2
    file, last = tmp_path / "monday" / "backed.dump", tmp_path / "tuesday" / "backed.keys"
    for folder in (file.parent, last.parent):
        folder.mkdir()
    await backup(urls["migrator"], file, pg_dump=tool("pg_dump"))
    async with database.transaction(Scope.all()) as tx:
        await data_subjects.destroy(tx, erased, Erasure(NOW, "staff", "demande", overridden=False))
        await data_subjects.keys_to_seal(tx, [later], ring)
        with pytest.raises(PersonErased):
            await data_subjects.key_to_seal(tx, erased, ring)
    await backup(urls["migrator"], last.with_suffix(".dump"), pg_dump=tool("pg_dump"))
    await database.close()

    async def has_keys() -> set[Any]:
        database = Database(urls["api"])
        try:
            async with database.transaction(Scope.all()) as tx:
                return set(await data_subjects.keys(tx, [kept, erased, later], ring))
        finally:
            await database.close()

    await restored(urls, file)  # beside the database in use, which knows who is erased
    assert await has_keys() == {kept, later}
    await drop(urls["admin"], COMPONENT)
    await restore(urls["admin"], COMPONENT, PASSWORDS, file, pg_restore=tool("pg_restore"), keys=last)
    assert await has_keys() == {kept, later}  # with the last archive of the keys
    await drop(urls["admin"], COMPONENT)
    await restored(urls, file)  # what an archive of keys that should have been destroyed opens
    assert await has_keys() == {kept, erased}
