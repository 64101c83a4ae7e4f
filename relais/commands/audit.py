"""`relais audit`: the trail of who read or changed whose file."""

from __future__ import annotations

import asyncio
import sys
from typing import Annotated

import typer
from rich.console import Console

from gateway.application.audit import Verification
from gateway.application.audit import verify as verify_trail
from kit.db.database import Database, Scope
from kit.db.provision import component_url
from relais.credentials import Credentials
from relais.home import Home

app = typer.Typer(help="La trace des accès aux dossiers.", no_args_is_help=True, add_completion=False)


@app.callback()
def _audit() -> None:
    pass


@app.command()
def verify(
    head: Annotated[
        str | None,
        typer.Option("--head", metavar="POSITION:EMPREINTE", help="Tête notée ailleurs, qui doit s'y trouver encore."),
    ] = None,
) -> None:
    """Reprendre toute la chaîne : rien de changé ni d'ôté, ou un code de sortie 1. La tête imprimée est à conserver."""
    found = asyncio.run(_verified(Home.from_environment(), head))
    console = Console(highlight=False)
    console.print(f"{found.checked} accès vérifié(s), tête {found.head}", soft_wrap=True)
    if found.broken is not None:
        console.print(f"chaîne rompue à la position {found.broken}")
        sys.exit(1)


async def _verified(home: Home, head: str | None) -> Verification:
    admin_dsn = home.must_run().admin_dsn
    url = component_url(admin_dsn, "gateway", "worker", Credentials.of(home).databases["gateway"]["worker"])
    database = Database(url, pool_size=1, name="audit-verify")
    try:
        async with database.transaction(Scope.all()) as tx:
            return await verify_trail(tx, head)
    finally:
        await database.close()
