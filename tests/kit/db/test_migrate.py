"""Migrations, their check, their drafts, and provisioning."""

from __future__ import annotations

import asyncio
import secrets
import shutil
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from kit.db import migrate
from kit.db.database import Scope
from kit.db.migrate import check, downgrade, upgrade
from kit.db.provision import ROLE_KINDS, component_url, database_name, drop, provision
from kit.db.revision import revision
from kit.settings import COMPONENTS
from tests.postgres import SAMPLES, DatabaseFactory, SessionPostgres

SAMPLE = SAMPLES["sample"]


async def _fresh(postgres: SessionPostgres, component: str) -> str:
    """A provisioned, empty database; the URL of its migrator."""
    dsn = postgres.server.admin_dsn
    await drop(dsn, component)
    await provision(dsn, component, dict.fromkeys(ROLE_KINDS, "secret"))
    return component_url(dsn, component, "migrator", "secret")


async def test_tables_and_migrations_agree(database: DatabaseFactory) -> None:
    sample = await database("sample")
    assert await check(sample.urls["migrator"], "sample", migrations=SAMPLE) == []


async def test_check_names_what_is_missing_and_what_is_unprotected(postgres: SessionPostgres) -> None:
    url = await _fresh(postgres, "checked")
    await upgrade(url, "checked", migrations=SAMPLE)
    connection = await asyncpg.connect(postgres.server.admin_dsn, database=database_name("checked"))
    await connection.execute("ALTER TABLE note NO FORCE ROW LEVEL SECURITY; ALTER TABLE note_line DROP COLUMN rate")
    await connection.close()

    found = await check(url, "checked", migrations=SAMPLE)

    assert len(found) == 2
    assert "note_line" in found[0]
    assert found[1] == "tenant table without row-level security: note"


async def test_down_then_up_again(postgres: SessionPostgres) -> None:
    url = await _fresh(postgres, "undone")
    await upgrade(url, "undone", migrations=SAMPLE)
    await downgrade(url, "undone", migrations=SAMPLE)
    await upgrade(url, "undone", migrations=SAMPLE)
    assert await check(url, "undone", migrations=SAMPLE) == []


async def test_two_migrators_at_once(postgres: SessionPostgres) -> None:
    url = await _fresh(postgres, "raced")
    await asyncio.gather(*(upgrade(url, "raced", migrations=SAMPLE) for _ in range(3)))
    assert await check(url, "raced", migrations=SAMPLE) == []


async def test_a_migration_gives_up_on_a_lock(postgres: SessionPostgres) -> None:
    url = await _fresh(postgres, "locked")
    await upgrade(url, "locked", migrations=SAMPLE)
    holder = await asyncpg.connect(postgres.server.admin_dsn, database=database_name("locked"))
    async with holder.transaction():
        await holder.execute("LOCK TABLE note")
        with pytest.raises(DBAPIError, match="lock timeout"):
            await downgrade(url, "locked", migrations=SAMPLE)
    await holder.close()


async def test_the_first_draft_needs_no_correction(postgres: SessionPostgres, tmp_path: Path) -> None:
    migrations = tmp_path / "migrations"
    (migrations / "versions").mkdir(parents=True)
    shutil.copy(SAMPLE / "env.py", migrations / "env.py")
    url = await _fresh(postgres, "drafted")

    path = await revision(url, "drafted", "First tables", migrations=migrations)
    await upgrade(url, "drafted", migrations=migrations)

    assert path.name == "0001_first_tables.py"
    assert await check(url, "drafted", migrations=migrations) == []


async def test_provisioning_twice_changes_passwords_and_nothing_else(postgres: SessionPostgres) -> None:
    url = await _fresh(postgres, "twice")
    await upgrade(url, "twice", migrations=SAMPLE)
    dsn = postgres.server.admin_dsn
    new = secrets.token_urlsafe(8) + "'\"; DROP"

    await provision(dsn, "twice", dict.fromkeys(ROLE_KINDS, new))

    with pytest.raises(DBAPIError, match="password authentication failed"):
        await upgrade(url, "twice", migrations=SAMPLE)
    assert await check(component_url(dsn, "twice", "migrator", new), "twice", migrations=SAMPLE) == []


async def test_login_roles_are_ordinary_and_kept_to_their_database(
    database: DatabaseFactory, postgres: SessionPostgres
) -> None:
    sample = await database("sample")
    await _fresh(postgres, "other")
    rows = await sample.admin.fetch(
        "SELECT rolname FROM pg_roles WHERE rolname LIKE 'relais_sample_%'"
        " AND (rolsuper OR rolbypassrls OR rolcreatedb OR rolcreaterole)"
    )
    assert rows == []
    url = sample.urls["worker"].replace("+asyncpg", "").removesuffix("relais_sample") + "relais_other"
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(url)


async def test_only_the_migrator_changes_the_schema(database: DatabaseFactory) -> None:
    sample = await database("sample")
    for role in (sample.api, sample.worker):
        for statement in ("CREATE TABLE mine (id int)", "DELETE FROM alembic_version", "DROP POLICY note_api ON note"):
            with pytest.raises(DBAPIError, match=r"permission denied|must be owner"):
                async with role.transaction(Scope.all()) as tx:
                    await tx.execute(text(statement))


async def test_the_command_migrates_then_checks(
    postgres: SessionPostgres, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = await _fresh(postgres, "commanded")
    monkeypatch.setenv("RELAIS_MIGRATOR_DATABASE_URL", url)
    monkeypatch.setattr(migrate, "location", lambda _component: SAMPLE)
    assert await migrate.main("commanded") == 0
    assert await migrate.main("commanded", "check") == 0
    assert capsys.readouterr().out == ""
    connection = await asyncpg.connect(postgres.server.admin_dsn, database=database_name("commanded"))
    await connection.execute("ALTER TABLE note DROP COLUMN text")
    await connection.close()
    assert await migrate.main("commanded", "check") == 1
    assert "note" in capsys.readouterr().out


def test_each_component_has_its_migrations() -> None:
    for component in COMPONENTS:
        assert (migrate.location(component) / "env.py").is_file()
