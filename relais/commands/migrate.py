"""`relais migrate`: bring the databases to the code, or check that tables and migrations agree."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from kit.db import migrate as migrations
from kit.db.provision import component_url
from kit.settings import COMPONENTS
from relais.credentials import Credentials
from relais.databases import bring_up
from relais.home import Home
from relais.platform import postgres_of
from relais.postgres import THROWAWAY, EmbeddedPostgres
from relais.screen import Screen

app = typer.Typer()


@app.command()
def migrate(
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Comparer les tables et les migrations, sans rien garder.")
    ] = False,
) -> None:
    """Appliquer les migrations qui manquent (relais run le fait aussi)."""
    if check:
        sys.exit(asyncio.run(_check()))
    asyncio.run(_apply(Home.from_environment(), Screen()))


async def _apply(home: Home, screen: Screen) -> None:
    home.prepare()
    with home.held():
        credentials = Credentials.of(home)
        async with postgres_of(home, screen) as admin_dsn:
            for component in COMPONENTS:
                with screen.step(f"base {component}"):
                    await bring_up(admin_dsn, component, credentials)


async def _check() -> int:
    """Migrate empty databases of a server that is thrown away, and say what differs from the tables in code."""
    differences = 0
    with tempfile.TemporaryDirectory(prefix="relais-check-") as folder:
        home = Home(Path(folder))
        credentials = Credentials.of(home)
        with EmbeddedPostgres(home.root, settings=THROWAWAY) as server:
            for component in COMPONENTS:
                await bring_up(server.admin_dsn, component, credentials)
                password = credentials.databases[component]["migrator"]
                url = component_url(server.admin_dsn, component, "migrator", password)
                found = await migrations.check(url, component)
                sys.stdout.writelines(f"{component}: {line}\n" for line in found)
                differences += len(found)
    return 1 if differences else 0
