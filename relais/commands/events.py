"""`relais events`: follow a feed, rebuild a projection."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Annotated

import typer

from relais.access import api_of
from relais.archives import chosen
from relais.home import Home
from relais.rebuilding import rebuild_projections
from relais.screen import Screen

app = typer.Typer(
    help="Suivre les faits d'un client, ou rejouer ceux d'un service.", no_args_is_help=True, add_completion=False
)
WAIT_SECONDS = 20


@app.command()
def tail(
    *,
    client: Annotated[str, typer.Option(help="Le client dont on suit le flux.")] = "demo-insurer-a",
    follow: Annotated[bool, typer.Option(help="Attendre la suite (Ctrl-C arrête).")] = True,
) -> None:
    """Écrire, un par ligne en JSON, les faits que ce client a le droit de lire, depuis le premier."""
    cursor: str | None = None
    with api_of(Home.from_environment(), client) as api:
        while True:
            page = api.get("/v1/events", after=cursor, wait=WAIT_SECONDS if follow else 0)
            for event in page["events"]:
                sys.stdout.write(json.dumps(event, ensure_ascii=False) + "\n")
            sys.stdout.flush()
            if not follow and not page["events"]:
                return
            cursor = page["next"]


@app.command()
def rebuild(
    service: Annotated[str, typer.Argument(metavar="COMPOSANT", help="Le composant dont on rejoue les faits reçus.")],
) -> None:
    """Reconstruire depuis le premier fait ce qu'un composant tient des autres, pendant que tout tourne."""
    (component,) = chosen([service])
    screen = Screen()
    with screen.step(f"projections de {component}"):
        tables = asyncio.run(rebuild_projections(Home.from_environment(), component))
    screen.say(f"  {len(tables)} tables : {', '.join(tables) or 'aucune'}")
