"""Backup and restore of one component's database, with the server's own pg_dump and pg_restore.

A restore is prepared beside the database in use and takes its place only when complete. Its feed has a new epoch, so
that consumers notice that the last events may be gone.

The keys of persons are no part of the archive of the data: they have an archive of their own, of which only the last
is worth keeping. Whom the database in use, or that archive, has erased comes back from no archive of the data.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import asyncpg
from sqlalchemy import MetaData
from sqlalchemy.engine import make_url

from kit.db.data_subjects import NAME as KEYS
from kit.db.data_subjects import data_subject
from kit.db.provision import RoleKind, component_url, database_name, provision

# Those connected are told to end this often, while the server waits up to five seconds for the last of them.
TERMINATE_SECONDS: Final = 0.05
_TERMINATE: Final = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1"
_THERE: Final = "SELECT datname FROM pg_database WHERE datname = ANY ($1)"
_WHOLE: Final = ("--no-owner", "--exit-on-error", "--single-transaction")
_PRIVATE: Final = 0o600
_COLUMNS: Final = tuple(data_subject(MetaData()).c.keys())
_STANDING: Final = ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS[2:])
_KEEP: Final = f"""
    INSERT INTO {KEYS} AS kept SELECT * FROM known WHERE true -- or ON would join
    ON CONFLICT (agent) DO UPDATE
       SET wrapped_key = CASE WHEN excluded.erased_at IS NULL THEN coalesce(excluded.wrapped_key, kept.wrapped_key) END,
           {_STANDING}
"""  # noqa: S608 - names of ours


class BackupError(RuntimeError):
    """A tool failed, and the message is its own; or the database in use cannot be taken."""


def keys_archive(file: Path) -> Path:
    """Where the keys are archived that belong to an archive of the data."""
    return file.with_suffix(".keys")


async def backup(migrator_url: str, file: Path, *, pg_dump: Path) -> None:
    """Write the database as one consistent archive while it is in use, and the keys of persons as another beside it.

    The keys come second: they are all there that the data need. An incomplete file is never left.
    """
    await _dump(pg_dump, migrator_url, file, "--no-comments", f"--exclude-table-data={KEYS}")
    if await _has_keys(migrator_url):
        await _dump(pg_dump, migrator_url, keys_archive(file), "--data-only", f"--table={KEYS}")


async def _dump(pg_dump: Path, url: str, file: Path, *what: str) -> None:
    partial = file.with_name(f"{file.name}.partial")
    # For its owner's eyes before anything is written, whatever the folder lets others do.
    partial.unlink(missing_ok=True)
    partial.touch(mode=_PRIVATE)
    options = ("--format=custom", "--enable-row-security", *what, f"--file={partial}")
    try:
        await _tool(pg_dump, url, *options)
        partial.rename(file)
    finally:
        partial.unlink(missing_ok=True)


async def restore(
    admin_dsn: str,
    component: str,
    passwords: Mapping[RoleKind, str],
    file: Path,
    *,
    pg_restore: Path,
    keys: Path | None = None,
) -> None:
    """Replace a component's database by a backup. Whoever is connected is cut off at the moment of the exchange.

    `keys` is the archive of the keys, by default the one beside the data; none is needed where the database in use has
    them. Raises BackupError when an archive cannot be restored or somebody stays connected; the database in use is then
    as it was.
    """
    name = database_name(component)
    prepared = _prepared(name)
    await clear(admin_dsn, [component])
    await provision(admin_dsn, component, passwords, database=prepared, defaults=False)
    url = component_url(admin_dsn, component, "migrator", passwords["migrator"], database=prepared)
    try:
        await _tool(pg_restore, url, *_WHOLE, positional=file)
        if await _has_keys(url):
            keys = keys or keys_archive(file)
            if keys.exists():
                await _tool(pg_restore, url, *_WHOLE, "--data-only", positional=keys)
            await _keep_keys(component_url(admin_dsn, component, "migrator", passwords["migrator"]), url)
        await provision(admin_dsn, component, passwords, database=prepared)
        await _new_epoch(url)
        await _exchange(admin_dsn, name, prepared)
    except BaseException:
        await _admin(admin_dsn, f"DROP DATABASE IF EXISTS {prepared} WITH (FORCE)")
        raise


async def clear(admin_dsn: str, components: Iterable[str]) -> None:
    """Drop the copies that a restore left beside these components' databases when it was killed. None may be running:
    it would lose the one it prepares.
    """
    names = [beside for one in components for beside in (_prepared(database_name(one)), _former(database_name(one)))]
    admin = await asyncpg.connect(admin_dsn)
    try:
        for row in await admin.fetch(_THERE, names):
            await admin.execute(f"DROP DATABASE IF EXISTS {row['datname']} WITH (FORCE)")
    finally:
        await admin.close()


def _prepared(name: str) -> str:
    return f"{name}_prepared"


def _former(name: str) -> str:
    return f"{name}_former"


async def _exchange(admin_dsn: str, name: str, prepared: str) -> None:
    """Put the prepared database in the place of the one in use, which is dropped once the other has its name.

    One transaction: who is killed in it has changed nothing. Who connects meanwhile waits for its end.
    """
    admin = await asyncpg.connect(admin_dsn)
    try:
        async with admin.transaction():
            if await admin.fetch(_THERE, [name]):
                leaving = asyncio.create_task(_cut_off(admin_dsn, name))
                try:
                    await admin.execute(f"ALTER DATABASE {name} RENAME TO {_former(name)}")
                except asyncpg.ObjectInUseError as error:
                    raise BackupError("Quelqu'un y reste connecté et ne se laisse pas interrompre.") from error
                finally:
                    leaving.cancel()
                    await asyncio.gather(leaving, return_exceptions=True)
            await admin.execute(f"ALTER DATABASE {prepared} RENAME TO {name}")
        await admin.execute(f"DROP DATABASE IF EXISTS {_former(name)} WITH (FORCE)")
    finally:
        await admin.close()


async def _cut_off(admin_dsn: str, name: str) -> None:
    """Keep ending whoever is connected, until cancelled."""
    admin = await asyncpg.connect(admin_dsn)
    try:
        while True:
            await admin.execute(_TERMINATE, name)
            await asyncio.sleep(TERMINATE_SECONDS)
    finally:
        admin.terminate()


async def _has_keys(url: str) -> bool:
    connection = await asyncpg.connect(_libpq(url))
    try:
        return bool(await connection.fetchval("SELECT to_regclass($1) IS NOT NULL", KEYS))
    finally:
        await connection.close()


async def _keep_keys(in_use: str, prepared: str) -> None:
    """What the database in use says of a person holds in the one prepared: a destroyed key stays destroyed."""
    try:
        if not await _has_keys(in_use):
            return
    except asyncpg.InvalidCatalogNameError:  # there is none
        return
    source, target = await asyncpg.connect(_libpq(in_use)), await asyncpg.connect(_libpq(prepared))
    try:
        known = await source.fetch(f"SELECT {', '.join(_COLUMNS)} FROM {KEYS}")  # noqa: S608 - names of ours
        async with target.transaction():
            await target.execute(f"CREATE TEMPORARY TABLE known (LIKE {KEYS}) ON COMMIT DROP")
            await target.copy_records_to_table("known", records=known, columns=_COLUMNS)
            await target.execute(_KEEP)
    finally:
        await source.close()
        await target.close()


async def _new_epoch(url: str) -> None:
    connection = await asyncpg.connect(_libpq(url))
    try:
        await connection.execute("UPDATE feed_meta SET epoch = gen_random_uuid(), since = now(), origin = NULL")
    finally:
        await connection.close()


async def _admin(admin_dsn: str, statement: str) -> None:
    admin = await asyncpg.connect(admin_dsn)
    try:
        await admin.execute(statement)
    finally:
        await admin.close()


async def _tool(program: Path, url: str, *options: str, positional: Path | None = None) -> None:
    """Run a client program of PostgreSQL; the password goes by the environment, not by the command line."""
    target = make_url(url)
    environment: dict[str, Any] = {"PATH": os.environ.get("PATH", ""), "PGPASSWORD": target.password or ""}
    place = (f"--host={target.host}", f"--port={target.port}", f"--username={target.username}")
    process = await asyncio.create_subprocess_exec(
        program,
        *(*place, f"--dbname={target.database}", *options),
        *([str(positional)] if positional else []),
        env=environment,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        _, said = await process.communicate()
    except asyncio.CancelledError:
        process.kill()
        await process.wait()
        raise
    if process.returncode != 0:
        raise BackupError(f"{program.name}: {said.decode(errors='replace').strip()[-2000:]}")


def _libpq(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
