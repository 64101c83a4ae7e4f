"""`relais migrate`: bring the databases of this home to the code."""

from __future__ import annotations

import asyncio

import typer

from kit.db.backup import clear
from kit.settings import COMPONENTS
from relais.credentials import Credentials
from relais.databases import bring_up
from relais.home import Home
from relais.platform import postgres_of
from relais.screen import Screen

app = typer.Typer(add_completion=False)


@app.command()
def migrate() -> None:
    """Appliquer les migrations qui manquent, plateforme arrêtée (relais run le fait aussi)."""
    asyncio.run(_apply(Home.from_environment(), Screen()))


async def _apply(home: Home, screen: Screen) -> None:
    home.prepare()
    with home.held():
        async with postgres_of(home, screen) as server:
            credentials = Credentials.of(home)
            await clear(server.admin_dsn, COMPONENTS)
            for component in COMPONENTS:
                with screen.step(f"base {component}"):
                    await bring_up(server.admin_dsn, component, credentials)
