"""`relais secrets`: the secrets of docker-compose.yml, made once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from relais.compose import write
from relais.screen import Screen

app = typer.Typer(add_completion=False)


@app.command()
def secrets(
    folder: Annotated[Path, typer.Argument(metavar="DOSSIER", envvar="RELAIS_SECRETS", help="Où les écrire.")] = Path(
        ".relais/secrets"
    ),
) -> None:
    """Écrire les secrets que docker-compose.yml lit, un fichier par composant, lisibles de vous seul.

    Ils viennent de secrets.json, écrit au même endroit : gardez-le, il sert à les refaire.
    """
    screen = Screen()
    for path in write(folder):
        screen.say(f"  {path}")
