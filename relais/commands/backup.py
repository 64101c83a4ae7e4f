"""`relais backup`: write the databases of the running platform as archives, while they are in use."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from relais.archives import archive_all, chosen
from relais.home import Home
from relais.screen import Screen

app = typer.Typer(add_completion=False)


@app.command()
def backup(
    folder: Annotated[Path, typer.Argument(metavar="DOSSIER", help="Où écrire une archive par base.")],
    *,
    only: Annotated[list[str] | None, typer.Option(help="Un composant ; répétable. Par défaut tous.")] = None,
) -> None:
    """Sauvegarder les bases de la plateforme en marche, une archive par composant et une de ses clés de personnes.

    Le trousseau n'y est pas : gardez ailleurs le secrets.json de la plateforme, sans lequel rien ne les rouvre.
    Des archives de clés (.keys), seule la dernière est à garder : une autre rouvrirait ce qui est effacé depuis.
    """
    asyncio.run(archive_all(Home.from_environment(), chosen(only), folder, Screen()))
