"""The roles and the database of one component, made by an administrator of the server. Twice is as good as once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

import asyncpg
from sqlalchemy.engine import URL, make_url

RoleKind = Literal["api", "worker", "migrator"]
ROLE_KINDS: Final[tuple[RoleKind, ...]] = ("api", "worker", "migrator")
# Row-level security shows these everything (rls.py).
SEEING_ALL: Final[frozenset[RoleKind]] = frozenset({"worker", "migrator"})
# Any number: it only keeps two provisionings from running at once on one server.
_LOCK: Final = 7_305_001


def database_name(component: str) -> str:
    return f"relais_{component}"


def role_name(component: str, kind: RoleKind) -> str:
    return f"relais_{component}_{kind}"


def sees_all(role: str) -> bool:
    """Whether a login role, by its name, sees the rows of every employer.

    >>> sees_all("relais_claims_worker"), sees_all("relais_claims_api"), sees_all("postgres")
    (True, False, False)
    """
    return role.rpartition("_")[2] in SEEING_ALL


def component_url(admin_dsn: str, component: str, kind: RoleKind, password: str, *, database: str | None = None) -> str:
    """The SQLAlchemy URL of a component's database (or of `database`) for one of its login roles.

    >>> component_url("postgresql://postgres@127.0.0.1:5432/postgres", "claims", "api", "s")
    'postgresql+asyncpg://relais_claims_api:s@127.0.0.1:5432/relais_claims'
    """
    admin = make_url(admin_dsn)
    url = URL.create(
        "postgresql+asyncpg",
        username=role_name(component, kind),
        password=password,
        host=admin.host,
        port=admin.port,
        database=database or database_name(component),
    )
    return url.render_as_string(hide_password=False)


async def provision(
    admin_dsn: str,
    component: str,
    passwords: Mapping[RoleKind, str],
    *,
    database: str | None = None,
    defaults: bool = True,
) -> None:
    """Make or repair the three login roles, the database, its extension and its default privileges.

    `admin_dsn` is a libpq URL of a role that may create roles and databases. Passwords are set again each time.
    `database` is another name for the database, while a backup is restored beside the one in use; without `defaults`
    first, because an archive's grants presume that its tables were made without any.
    """
    name = database or database_name(component)
    admin = await asyncpg.connect(admin_dsn)
    try:
        await admin.execute("SELECT pg_advisory_lock($1)", _LOCK)
        for kind in ROLE_KINDS:
            await _role(admin, role_name(component, kind), passwords[kind])
        await admin.execute(f"GRANT {role_name(component, 'migrator')} TO CURRENT_USER")
        await _database(admin, component, name)
        inside = await asyncpg.connect(admin_dsn, database=name)
        try:
            await _schema(inside, component)
            if defaults:
                await _default_privileges(inside, component)
        finally:
            await inside.close()
    finally:
        await admin.close()


async def drop(admin_dsn: str, component: str) -> None:
    """Remove the component's database, with whoever is connected to it. Its roles stay."""
    admin = await asyncpg.connect(admin_dsn)
    try:
        await admin.execute(f"DROP DATABASE IF EXISTS {database_name(component)} WITH (FORCE)")
    finally:
        await admin.close()


async def _role(admin: asyncpg.Connection[Any], name: str, password: str) -> None:
    if not await admin.fetchval("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)", name):
        await admin.execute(f"CREATE ROLE {name} LOGIN")
    quoted = await admin.fetchval("SELECT quote_literal($1)", password)
    await admin.execute(f"ALTER ROLE {name} LOGIN NOCREATEDB NOCREATEROLE PASSWORD {quoted}")
    await admin.execute(f"ALTER ROLE {name} SET timezone TO 'UTC'")


async def _database(admin: asyncpg.Connection[Any], component: str, name: str) -> None:
    if not await admin.fetchval("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", name):
        await admin.execute(
            f"CREATE DATABASE {name} OWNER {role_name(component, 'migrator')} TEMPLATE template0"
            " ENCODING 'UTF8' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C'"
        )
    await admin.execute(f"REVOKE ALL ON DATABASE {name} FROM PUBLIC")
    for kind in ROLE_KINDS:
        await admin.execute(f"GRANT CONNECT ON DATABASE {name} TO {role_name(component, kind)}")
    # A stage table of a COPY is a temporary table.
    await admin.execute(f"GRANT TEMPORARY ON DATABASE {name} TO {role_name(component, 'api')}")
    await admin.execute(f"GRANT TEMPORARY ON DATABASE {name} TO {role_name(component, 'worker')}")


async def _schema(inside: asyncpg.Connection[Any], component: str) -> None:
    """Only the migrator makes tables."""
    api, worker = role_name(component, "api"), role_name(component, "worker")
    await inside.execute(
        f"""
        CREATE EXTENSION IF NOT EXISTS btree_gist;
        REVOKE ALL ON SCHEMA public FROM PUBLIC;
        GRANT USAGE, CREATE ON SCHEMA public TO {role_name(component, "migrator")};
        GRANT USAGE ON SCHEMA public TO {api}, {worker};
        """
    )


async def _default_privileges(inside: asyncpg.Connection[Any], component: str) -> None:
    """What api and worker may do on tables the migrator makes; append-only tables take some of it back."""
    api, worker = role_name(component, "api"), role_name(component, "worker")
    made = f"ALTER DEFAULT PRIVILEGES FOR ROLE {role_name(component, 'migrator')} IN SCHEMA public"
    await inside.execute(
        f"""
        {made} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {api}, {worker};
        {made} GRANT TRUNCATE ON TABLES TO {worker};
        {made} GRANT USAGE, SELECT ON SEQUENCES TO {api}, {worker};
        """
    )
