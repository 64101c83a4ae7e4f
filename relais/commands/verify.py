"""`relais verify`: take what is stored again, and compare."""

from __future__ import annotations

import asyncio
import sys

import typer
from rich.console import Console

from kit.db.database import Database, Scope
from kit.db.provision import component_url
from relais.credentials import Credentials
from relais.home import Home
from services.claims.application.verify import verify

app = typer.Typer(help="Reprendre ce qui est enregistré, et comparer.", no_args_is_help=True, add_completion=False)
SHOWN = 20


@app.callback()
def _verify() -> None:
    pass


@app.command()
def decisions() -> None:
    """Reprendre chaque décision depuis ce qu'elle a lu : mêmes octets, ou un code de sortie 1."""
    checked, differing = asyncio.run(_verified(Home.from_environment()))
    console = Console(highlight=False)
    for identifier in differing[:SHOWN]:
        console.print(f"différente : {identifier}")
    console.print(f"{checked} décision(s) reprise(s), {len(differing)} différente(s)")
    sys.exit(1 if differing else 0)


async def _verified(home: Home) -> tuple[int, list[str]]:
    """How many decisions there are, and those that do not come out the same."""
    admin_dsn = home.must_run().admin_dsn
    url = component_url(admin_dsn, "claims", "worker", Credentials.of(home).databases["claims"]["worker"])
    database = Database(url, pool_size=1, name="verify")
    checked, differing = 0, []
    try:
        async with database.transaction(Scope.all()) as tx:
            async for one in verify(tx):
                checked += 1
                differing += [] if one.same else [str(one.id)]
    finally:
        await database.close()
    return checked, differing
