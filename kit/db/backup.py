"""Backup and restore of one component's database, with the server's own pg_dump and pg_restore.

A restore is prepared beside the database in use and takes its place only when complete. Its feed has a new epoch, so
that consumers notice that the last events may be gone.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy.engine import make_url

from kit.db.provision import RoleKind, component_url, database_name, provision


class BackupError(RuntimeError):
    """A tool failed; the message is its own."""


async def backup(migrator_url: str, file: Path, *, pg_dump: Path) -> None:
    """Write the whole database as one consistent archive, while it is in use. An incomplete file is never left."""
    partial = file.with_name(f"{file.name}.partial")
    options = ("--format=custom", "--no-comments", "--enable-row-security", f"--file={partial}")
    try:
        await _tool(pg_dump, migrator_url, *options)
        partial.rename(file)
    finally:
        partial.unlink(missing_ok=True)


async def restore(
    admin_dsn: str, component: str, passwords: Mapping[RoleKind, str], file: Path, *, pg_restore: Path
) -> None:
    """Replace a component's database by a backup. Whoever is connected is cut off at the moment of the exchange.

    When the archive cannot be restored, the database in use stays as it is.
    """
    name = database_name(component)
    prepared = f"{name}_prepared"
    await _admin(admin_dsn, f"DROP DATABASE IF EXISTS {prepared} WITH (FORCE)")
    await provision(admin_dsn, component, passwords, database=prepared, defaults=False)
    url = component_url(admin_dsn, component, "migrator", passwords["migrator"], database=prepared)
    try:
        await _tool(pg_restore, url, "--no-owner", "--exit-on-error", "--single-transaction", positional=file)
        await provision(admin_dsn, component, passwords, database=prepared)
        await _new_epoch(url)
    except BaseException:
        await _admin(admin_dsn, f"DROP DATABASE IF EXISTS {prepared} WITH (FORCE)")
        raise
    await _exchange(admin_dsn, name, prepared)


async def _exchange(admin_dsn: str, name: str, prepared: str) -> None:
    """Put the prepared database in the place of the one in use, which is dropped once the other has its name."""
    former = f"{name}_former"
    admin = await asyncpg.connect(admin_dsn)
    try:
        await admin.execute(f"DROP DATABASE IF EXISTS {former} WITH (FORCE)")
        exists = await admin.fetchval("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", name)
        if exists:
            await admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
            await admin.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = $1", name)
        async with admin.transaction():
            if exists:
                await admin.execute(f"ALTER DATABASE {name} RENAME TO {former}")
            await admin.execute(f"ALTER DATABASE {prepared} RENAME TO {name}")
        await admin.execute(f"DROP DATABASE IF EXISTS {former} WITH (FORCE)")
    finally:
        await admin.close()


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
