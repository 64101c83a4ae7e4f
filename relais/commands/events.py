"""`relais events`: follow a feed, see and replay what is parked, rebuild a projection."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import typer

from kit.events.parking import Parked
from relais.access import api_of
from relais.archives import chosen
from relais.home import Home
from relais.parked import parked_events, replay_parked
from relais.rebuilding import rebuild_projections
from relais.screen import Screen

app = typer.Typer(
    help="Suivre les faits d'un client, ou rejouer ceux d'un service.", no_args_is_help=True, add_completion=False
)
WAIT_SECONDS = 20
Component = Annotated[str, typer.Argument(metavar="COMPOSANT", help="Le composant qui reçoit les faits.")]


@app.command()
def tail(
    *,
    client: Annotated[str, typer.Option(help="Le client dont on suit le flux.")] = "demo-insurer-a",
    follow: Annotated[bool, typer.Option(help="Attendre la suite (Ctrl-C arrête).")] = True,
) -> None:
    """Écrire, un par ligne en JSON, les faits que ce client a le droit de lire, depuis le premier."""
    cursor: str | None = None
    # Ctrl-C is how a person ends it.
    with contextlib.suppress(KeyboardInterrupt), api_of(Home.from_environment(), client) as api:
        while True:
            page = api.get("/v1/events", after=cursor, wait=WAIT_SECONDS if follow else 0)
            for event in page["events"]:
                sys.stdout.write(json.dumps(event, ensure_ascii=False) + "\n")
            sys.stdout.flush()
            if not follow and not page["events"]:
                return
            cursor = page["next"]


@app.command()
def parked(service: Component) -> None:
    """Écrire, un par ligne en JSON, les faits mis de côté : ce qui a échoué, et ce qui attend derrière."""
    (component,) = chosen([service])
    _show(asyncio.run(parked_events(Home.from_environment(), component)))


@app.command()
def replay(service: Component) -> None:
    """Appliquer de nouveau les faits mis de côté, dans l'ordre, une fois leur cause corrigée."""
    (component,) = chosen([service])
    applied, waiting = asyncio.run(replay_parked(Home.from_environment(), component))
    Screen().say(f"  {applied} fait(s) appliqué(s)")
    _show(waiting)


@app.command()
def rebuild(service: Component) -> None:
    """Reconstruire depuis le premier fait ce qu'un composant tient des autres, pendant que tout tourne."""
    (component,) = chosen([service])
    screen = Screen()
    with screen.step(f"projections de {component}"):
        tables = asyncio.run(rebuild_projections(Home.from_environment(), component))
    screen.say(f"  {len(tables)} tables : {', '.join(tables) or 'aucune'}")


def _show(waiting: Sequence[Parked]) -> None:
    """No key is a person's name or number; an error says what failed and where, never a value."""
    for one in waiting:
        sys.stdout.write(json.dumps(asdict(one), ensure_ascii=False, default=str) + "\n")
    Screen().say(f"  {len(waiting)} fait(s) en attente")
