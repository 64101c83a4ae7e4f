"""The databases of one platform: made and migrated where they are not, left alone where they are."""

from __future__ import annotations

import asyncio

import asyncpg

from kit.db import migrate
from kit.db.provision import ROLE_KINDS, component_url, provision
from kit.settings import COMPONENTS, Component
from relais.credentials import Credentials


def newest_revision(component: Component) -> str | None:
    """The revision a component's migrations end with: its files are numbered, `0007_subject.py` is revision 0007."""
    numbers = (path.name[:4] for path in (migrate.location(component) / "versions").glob("[0-9]*.py"))
    return max(numbers, default=None)


async def is_ready(admin_dsn: str, component: Component, credentials: Credentials) -> bool:
    """Whether the database is there, opens with our passwords, and has every migration."""
    url = component_url(admin_dsn, component, "migrator", credentials.databases[component]["migrator"])
    try:
        connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    except (asyncpg.InvalidCatalogNameError, asyncpg.InvalidAuthorizationSpecificationError):
        return False
    try:
        return bool(await connection.fetchval("SELECT version_num FROM alembic_version") == newest_revision(component))
    except asyncpg.UndefinedTableError:
        return False
    finally:
        await connection.close()


async def behind(admin_dsn: str, credentials: Credentials) -> list[Component]:
    """The components whose database is not ready, asked all at once."""
    ready = await asyncio.gather(*(is_ready(admin_dsn, name, credentials) for name in COMPONENTS))
    return [name for name, is_so in zip(COMPONENTS, ready, strict=True) if not is_so]


async def bring_up(admin_dsn: str, component: Component, credentials: Credentials) -> None:
    """Make a component's roles and database, and run its migrations. Alembic runs one at a time in a process."""
    passwords = credentials.databases[component]
    await provision(admin_dsn, component, {kind: passwords[kind] for kind in ROLE_KINDS})
    await migrate.upgrade(component_url(admin_dsn, component, "migrator", passwords["migrator"]), component)
