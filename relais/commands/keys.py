"""`relais keys`: the keys that close what names persons, and those that sign tokens."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Annotated

import typer
from rich.console import Console

from kit.crypto import KeyRing
from relais import key_rotation
from relais.access import api_of
from relais.commands.clients import STAFF
from relais.credentials import Credentials
from relais.errors import CommandError
from relais.home import Home
from relais.instants import shown
from relais.tables import print_table

app = typer.Typer(
    help="Les clés : trousseaux de chiffrement et signature des jetons.", no_args_is_help=True, add_completion=False
)
Component = Annotated[str | None, typer.Option("--component", metavar="COMPOSANT", help="Celui-là seulement.")]
Needs = dict[str, dict[str, int]]


@app.command("list")
def index(component: Component = None) -> None:
    """Montrer les clés de chaque trousseau et combien de valeurs chacune ferme encore."""
    home = Home.from_environment()
    needs, rings = asyncio.run(_needs(home, component)), Credentials.of(home).key_rings
    rows = [
        (name, key_id, "courante" if place == 0 else "", str(needs[name][key_id]))
        for name in needs
        for place, key_id in enumerate(key_rotation.key_ids(rings[name]))
    ]
    print_table(("composant", "clé", "", "valeurs fermées"), rows)


@app.command()
def rotate(component: Component = None) -> None:
    """Donner à chaque trousseau une nouvelle clé courante, la plateforme arrêtée : elle sert dès qu'elle redémarre."""
    home = Home.from_environment()
    home.prepare()
    with home.held():
        credentials = Credentials.of(home)
        for name in key_rotation.chosen(component):
            ring = credentials.key_rings[name]
            made = key_rotation.next_id(ring)
            credentials.key_rings[name] = KeyRing.rotated(ring, made)
            Console(highlight=False).print(f"{name} : clé {made}")
        credentials.save(home)


@app.command()
def renew(component: Component = None) -> None:
    """Refermer avec la clé courante ce que d'anciennes clés ferment ; la plateforme tourne, et peut servir pendant."""
    home = Home.from_environment()
    for name, count in asyncio.run(_renewed(home, component)).items():
        Console(highlight=False).print(f"{name} : {count} valeur(s) refermée(s)")


@app.command()
def forget(
    key_id: Annotated[str, typer.Argument(metavar="CLÉ", help="Identifiant d'une ancienne clé.")],
    component: Component = None,
) -> None:
    """Ôter une ancienne clé des trousseaux, quand elle ne ferme plus rien. Les sauvegardes d'avant en auront besoin."""
    home = Home.from_environment()
    needs, credentials = asyncio.run(_needs(home, component)), Credentials.of(home)
    if not any(key_id in needs[name] for name in needs):
        raise CommandError(f"Aucun trousseau n'a de clé {key_id}.")
    rings = {name: key_rotation.without(credentials.key_rings[name], key_id, needs[name]) for name in needs}
    replace(credentials, key_rings={**credentials.key_rings, **rings}).save(home)
    Console(highlight=False).print(f"{key_id} : ôtée")


@app.command("rotate-signing-key")
def rotate_signing_key() -> None:
    """Publier une nouvelle clé de signature des jetons ; elle signe une minute plus tard."""
    with api_of(Home.from_environment(), STAFF) as api:
        made = api.post("/v1/signing-keys/rotations", None)
    Console(highlight=False).print(f"{made['kid']} : signe à partir de {shown(made['signs_from'])}", soft_wrap=True)


async def _needs(home: Home, component: str | None) -> Needs:
    """How many values each key closes, by component."""
    dsn, rings, found = home.must_run().admin_dsn, Credentials.of(home).key_rings, {}
    for name in key_rotation.chosen(component):
        async with key_rotation.opened(dsn, name) as connection:
            found[name] = await key_rotation.needed(connection, rings[name])
    return found


async def _renewed(home: Home, component: str | None) -> dict[str, int]:
    dsn, rings, found = home.must_run().admin_dsn, Credentials.of(home).key_rings, {}
    for name in key_rotation.chosen(component):
        async with key_rotation.opened(dsn, name) as connection:
            found[name] = await key_rotation.renew(connection, name, KeyRing.parse(rings[name]))
    return found
