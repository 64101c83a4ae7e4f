"""`relais restore`: put databases back from their archives, while the others go on."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from relais.archives import chosen, restore_all
from relais.asking import confirmed
from relais.errors import CommandError
from relais.home import Home
from relais.screen import Screen

app = typer.Typer(add_completion=False)


@app.command()
def restore(
    folder: Annotated[Path, typer.Argument(metavar="DOSSIER", help="Où sont les archives.", exists=True)],
    *,
    keys: Annotated[
        Path | None,
        typer.Option(
            help="Où sont les dernières archives de clés (.keys) ; par défaut à côté des données.", exists=True
        ),
    ] = None,
    only: Annotated[list[str] | None, typer.Option(help="Un composant ; répétable. Par défaut tous.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Ne pas demander de confirmation.")] = False,
) -> None:
    """Remettre des bases dans l'état de leurs archives. Les autres composants continuent et se remettent à jour."""
    components = chosen(only)
    question = f"Remplacer les données actuelles de {', '.join(components)} par celles de {folder} ?"
    if not yes and not confirmed(question):
        raise CommandError("Rien n'est restauré.")
    asyncio.run(restore_all(Home.from_environment(), components, folder, Screen(), keys=keys))
