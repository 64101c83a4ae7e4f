"""Migrations against a server made for the occasion: no database of anybody is touched.

- `python -m relais.migrations check` migrates every component from nothing and compares with its tables;
- `python -m relais.migrations revision claims "Subject"` drafts the next migration of a component.
"""

from __future__ import annotations

import asyncio
import secrets
import sys
import tempfile
from pathlib import Path

from kit.db import migrate
from kit.db.provision import ROLE_KINDS, component_url, provision
from kit.db.revision import revision
from kit.settings import COMPONENTS
from relais.postgres import THROWAWAY, EmbeddedPostgres


async def migrated(server: EmbeddedPostgres, component: str) -> str:
    """Provision and migrate a component; the URL of its migrator."""
    passwords = {kind: secrets.token_urlsafe(12) for kind in ROLE_KINDS}
    await provision(server.admin_dsn, component, passwords)
    url = component_url(server.admin_dsn, component, "migrator", passwords["migrator"])
    await migrate.upgrade(url, component)
    return url


async def check_all(server: EmbeddedPostgres) -> list[str]:
    """The differences of all components, one a line; none when tables and migrations agree."""
    found: list[str] = []
    for component in COMPONENTS:
        url = await migrated(server, component)
        found += [f"{component}: {line}" for line in await migrate.check(url, component)]
    return found


async def _main(action: str, component: str = "", subject: str = "Change") -> int:
    with (
        tempfile.TemporaryDirectory(prefix="relais-migrations-") as folder,
        EmbeddedPostgres(Path(folder), settings=THROWAWAY) as server,
    ):
        if action == "revision":
            url = await migrated(server, component)
            sys.stdout.write(f"{await revision(url, component, subject)}\n")
            return 0
        found = await check_all(server)
        sys.stdout.writelines(f"{line}\n" for line in found)
        return 1 if found else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(_main(*sys.argv[1:])))
