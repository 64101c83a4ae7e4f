"""The real PostgreSQL of a test session: one server, one database per component, emptied between tests."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import asyncpg
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.db.database import Database, Scope
from kit.db.migrate import upgrade
from kit.db.provision import ROLE_KINDS, component_url, database_name, provision
from kit.settings import COMPONENTS, Settings
from relais.postgres import THROWAWAY, EmbeddedPostgres

ROOT: Final = Path(__file__).resolve().parents[1]
# Components that exist for tests only, and where their migrations are.
SAMPLES: Final = {
    "sample": ROOT / "tests" / "kit" / "db" / "sample" / "migrations",
    "source": ROOT / "tests" / "kit" / "events" / "sample" / "migrations",
    "sink": ROOT / "tests" / "kit" / "events" / "sample" / "migrations",
}
# Rows that are the same for every test: versions, the feed's epoch, content-addressed scopes.
KEPT: Final = ("alembic_version", "feed_meta", "scope_employer")

# Only tables with rows are truncated: an empty database costs one look at each table.
_EMPTY: Final = f"""
DO $$
DECLARE
    name text;
    filled boolean;
    names text[] := ARRAY[]::text[];
BEGIN
    FOR name IN SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
        AND NOT relispartition AND relname <> ALL (ARRAY{list(KEPT)})
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %I)', name) INTO filled;
        IF filled THEN names := names || quote_ident(name); END IF;
    END LOOP;
    IF cardinality(names) > 0 THEN
        EXECUTE 'TRUNCATE ' || array_to_string(names, ', ') || ' RESTART IDENTITY CASCADE';
    END IF;
    UPDATE feed_meta SET last_position = 0, reserved_position = 0 WHERE last_position + reserved_position <> 0;
END $$
"""


@dataclass(slots=True)
class ComponentDatabase:
    """A migrated database of one component, as each of its login roles."""

    component: str
    api: Database
    worker: Database
    migrator: Database
    urls: dict[str, str]
    admin_dsn: str
    admin: asyncpg.Connection[Any]

    @property
    def settings(self) -> Settings:
        """Settings of that component on this database."""
        return Settings(
            component=self.component if self.component in COMPONENTS else "claims",
            database_url=SecretStr(self.urls["api"]),
            worker_database_url=SecretStr(self.urls["worker"]),
            migrator_database_url=SecretStr(self.urls["migrator"]),
            pool_size=5,
        )

    async def empty(self) -> None:
        """Remove every row a test wrote. Waits 5 s at most for whoever still holds a lock."""
        await self.admin.execute(_EMPTY)

    @asynccontextmanager
    async def patient(self) -> AsyncIterator[Database]:
        """One connection of the api role whose statements may take as long as they like."""
        patient = Database(self.urls["api"], pool_size=1, statement_timeout_ms=0)
        try:
            yield patient
        finally:
            await patient.close()

    @asynccontextmanager
    async def unlimited(self, scope: Scope) -> AsyncIterator[AsyncConnection]:
        """A transaction of the api role that may take as long as it likes."""
        async with self.patient() as patient, patient.transaction(scope) as tx:
            yield tx

    async def close(self) -> None:
        for database in (self.api, self.worker, self.migrator):
            await database.close()
        await self.admin.close()


DatabaseFactory = Callable[[str], Awaitable[ComponentDatabase]]


@dataclass(slots=True)
class SessionPostgres:
    """The server of this test session; databases are made when a test first asks for them."""

    server: EmbeddedPostgres
    folder: Path
    components: dict[str, ComponentDatabase] = field(default_factory=dict)

    @classmethod
    def start(cls) -> SessionPostgres:
        folder = Path(tempfile.mkdtemp(prefix="relais-tests-"))
        server = EmbeddedPostgres(folder, settings={**THROWAWAY, "shared_buffers": "64MB", "max_connections": "200"})
        server.start()
        return cls(server, folder)

    async def component(self, name: str) -> ComponentDatabase:
        """The database of a component, made and migrated the first time."""
        if name not in self.components:
            self.components[name] = await self._make(name)
        return self.components[name]

    async def stop(self) -> None:
        for component in self.components.values():
            await component.close()
        self.server.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    async def _make(self, name: str) -> ComponentDatabase:
        dsn = self.server.admin_dsn
        await provision(dsn, name, {kind: f"{kind}-secret" for kind in ROLE_KINDS})
        urls: dict[str, str] = {kind: component_url(dsn, name, kind, f"{kind}-secret") for kind in ROLE_KINDS}
        await upgrade(urls["migrator"], name, migrations=SAMPLES.get(name))
        pools = {kind: Database(url, pool_size=5, name=f"tests-{kind}") for kind, url in urls.items()}
        admin = await asyncpg.connect(dsn, database=database_name(name), server_settings={"lock_timeout": "5s"})
        return ComponentDatabase(name, pools["api"], pools["worker"], pools["migrator"], urls, dsn, admin)
