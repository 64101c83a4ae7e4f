"""`relais run`: the whole platform on this machine, in the foreground."""

from __future__ import annotations

import asyncio
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from relais.home import Home
from relais.persons import APPROVER, HR, MANAGER
from relais.platform import Options, brought_up, until_told
from relais.screen import Screen

if TYPE_CHECKING:
    from collections.abc import Callable

    from relais.assembly import Platform

    # What is said of a platform that has come up.
    Welcome = Callable[[Platform], str]

app = typer.Typer(add_completion=False)


class Transport(StrEnum):
    """How events travel."""

    FEED = "feed"
    KAFKA = "kafka"


@app.command()
def run(
    *,
    port: Annotated[
        int,
        typer.Option(
            envvar="RELAIS_PORT",
            metavar="PORT",
            help="Port de la passerelle ; les quatre services prennent les suivants (8080 à 8084).",
        ),
    ] = 8080,
    transport: Annotated[
        Transport, typer.Option(envvar="RELAIS_TRANSPORT", help="Par où vont les faits.")
    ] = Transport.FEED,
) -> None:
    """Démarrer la plateforme : PostgreSQL, cinq processus, données de démonstration. Ctrl-C arrête tout."""
    asyncio.run(serve(Home.from_environment(), Options(port, transport.value), Screen()))


async def serve(home: Home, options: Options, screen: Screen, welcome: Welcome | None = None) -> None:
    """Bring the platform up, say `welcome`, and stay until told to stop, or until a process ends (CommandError)."""
    told = asyncio.create_task(until_told())
    work = asyncio.create_task(_until_one_ends(home, options, screen, welcome or _welcome))
    await asyncio.wait({told, work}, return_when=asyncio.FIRST_COMPLETED)
    if not work.done():
        work.cancel()
        screen.say("\nArrêt…")
        await asyncio.wait({work})
    told.cancel()
    if not work.cancelled():
        work.result()
    screen.say("Tout est arrêté ; les données restent dans " + str(home.root))


async def _until_one_ends(home: Home, options: Options, screen: Screen, welcome: Welcome) -> None:
    async with brought_up(home, options, screen) as platform:
        screen.say(welcome(platform))
        raise await platform.until_one_ends()


def _welcome(platform: Platform) -> str:
    gateway, password = platform.layout.gateway, platform.credentials.demo_password
    home = platform.ground.home
    here = home.named
    return f"""
[bold]Relais est prêt : {gateway}[/]

  Tableau de bord          {gateway}/app   (démonstration : {MANAGER}, {APPROVER} ou {HR}, mot de passe {password})
  Documentation de l'API   {gateway}/docs   (OpenAPI : {gateway}/openapi.json)
  Jeton d'un SIRH          {here}make -s token   (ARGS=demo-insurer-a, demo-insurer-b ou demo-staff : d'un autre client)
  Le parcours entier       {here}make demo
  Les faits d'un assureur  {here}.venv/bin/relais events tail --client demo-insurer-a
  Journaux                 {home.logs}/

L'accord de La Roche-sur-Yon est en vigueur ; SIRET, assureur et agents de démonstration sont des hypothèses.
Ctrl-C arrête tout et garde les données ; {here}make reset les efface."""
