"""Migrations: Alembic without an ini file, one environment for all components.

- `python -m kit.db.migrate claims` applies what is missing (database: RELAIS_MIGRATOR_DATABASE_URL);
- `python -m kit.db.migrate claims check` says whether tables and migrations agree.
"""

from __future__ import annotations

import asyncio
import io
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Literal, TypeVar

from alembic import command, context
from alembic.autogenerate import api as autogenerate
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, MetaData, pool, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.types import TypeDecorator

T = TypeVar("T")
ROOT: Final = Path(__file__).resolve().parents[2]
# A migration that waits for a lock makes everybody behind it wait: it gives up soon and is run again.
LOCK_TIMEOUT: Final = "4s"
_LOCK: Final = 7_305_002
_UNPROTECTED: Final = text(
    """
    SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.attname = 'employer'
      AND NOT a.attisdropped AND c.relname <> 'scope_employer'
      AND NOT (c.relrowsecurity AND c.relforcerowsecurity AND EXISTS (SELECT FROM pg_policy WHERE polrelid = c.oid))
    ORDER BY 1
    """
)


def location(component: str) -> Path:
    """Where a component keeps its migrations."""
    return ROOT / ("gateway" if component == "gateway" else f"services/{component}") / "migrations"


def run(metadata: MetaData) -> None:
    """What every `migrations/env.py` calls with the component's tables."""
    attributes = context.config.attributes
    attributes["metadata"] = metadata
    context.configure(
        connection=attributes["connection"],
        component=attributes["component"],
        target_metadata=metadata,
        transaction_per_migration=True,
        **COMPARE,
    )
    with context.begin_transaction():
        context.run_migrations()


async def upgrade(url: str, component: str, *, migrations: Path | None = None, revision: str = "head") -> None:
    """Bring a database to `revision`. Two processes at once: the second waits, then finds nothing to do."""

    def work(config: Config) -> None:
        command.upgrade(config, revision)
        _protect_version_table(config.attributes["connection"], component)

    await with_alembic(url, component, migrations, work)


async def downgrade(url: str, component: str, *, migrations: Path | None = None, revision: str = "base") -> None:
    """Take a database back to `revision`; for tests of migrations."""
    await with_alembic(url, component, migrations, lambda config: command.downgrade(config, revision))


async def check(url: str, component: str, *, migrations: Path | None = None) -> list[str]:
    """What the migrated database lacks or has beyond the tables declared, and tenant tables without their policy."""

    def differences(config: Config) -> list[str]:
        command.current(config)  # runs env.py, which names the metadata
        connection: Connection = config.attributes["connection"]
        metadata = config.attributes["metadata"]
        compared = MigrationContext.configure(connection, opts={"target_metadata": metadata, **COMPARE})
        found = [str(d) for d in autogenerate.compare_metadata(compared, metadata)]
        names = connection.execute(_UNPROTECTED).scalars()
        return found + [f"tenant table without row-level security: {name}" for name in names]

    return await with_alembic(url, component, migrations, differences)


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Migrations name plain SQL types: the kit's own would make old ones depend on today's code."""
    if kind == "type" and isinstance(item, TypeDecorator):
        module = "postgresql" if item.impl_instance.__module__.startswith("sqlalchemy.dialects") else "sa"
        return f"{module}.{item.impl_instance!r}"
    return False


COMPARE: Final[dict[str, Any]] = {"compare_type": True, "render_item": render_item}


async def with_alembic(url: str, component: str, migrations: Path | None, work: Callable[[Config], T]) -> T:
    """Run an Alembic command on a connection of our own; one process at a time per database."""

    def prepared(connection: Connection) -> T:
        config = Config(stdout=io.StringIO())
        config.set_main_option("script_location", str(migrations or location(component)).replace("%", "%%"))
        config.set_main_option("path_separator", "os")
        config.attributes.update(connection=connection, component=component)
        connection.execute(text(f"SELECT pg_advisory_lock({_LOCK})"))
        connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
        connection.commit()
        return work(config)

    return await _with_connection(url, prepared)


async def _with_connection(url: str, work: Callable[[Connection], T]) -> T:
    engine = create_async_engine(url, poolclass=pool.NullPool)
    try:
        async with engine.connect() as connection:
            result = await connection.run_sync(work)
            await connection.commit()
            return result
    finally:
        await engine.dispose()


def _protect_version_table(connection: Connection, component: str) -> None:
    both = f"relais_{component}_api, relais_{component}_worker"
    connection.execute(text(f"REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON alembic_version FROM {both}"))


async def main(component: str, action: str = "upgrade") -> int:
    """The command line: the exit code, 1 when `check` finds a difference."""
    url = os.environ["RELAIS_MIGRATOR_DATABASE_URL"]
    if action == "upgrade":
        await upgrade(url, component)
        return 0
    found = await check(url, component)
    sys.stdout.writelines(f"{line}\n" for line in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(*sys.argv[1:])))
