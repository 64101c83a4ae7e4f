"""`relais reset`: drop the data of this machine's platform."""

from __future__ import annotations

import shutil
from typing import Annotated

import typer

from relais.asking import confirmed
from relais.home import Home
from relais.postgres import EmbeddedPostgres
from relais.screen import Screen

app = typer.Typer(add_completion=False)


@app.command()
def reset(*, yes: Annotated[bool, typer.Option("--yes", help="Ne pas demander de confirmation.")] = False) -> None:
    """Effacer les données de la plateforme de cette machine (RELAIS_HOME) et ses clés ; refusé pendant qu'elle tourne.

    Une sauvegarde ne se rouvre ensuite qu'avec le secrets.json d'alors : gardez-le d'abord, ailleurs.
    """
    home, screen = Home.from_environment(), Screen()
    server = EmbeddedPostgres(home.root / "postgres")
    if not home.root.exists() and not server.has_data:
        screen.say(f"Rien à effacer : {home.root} n'existe pas.")
        return
    if not yes and not confirmed(f"Effacer les données de {home.root} et leurs clés, pour toujours ?"):
        screen.say("Rien n'est effacé.")
        return
    home.prepare()
    with home.held():
        shutil.rmtree(server.home, ignore_errors=True)  # where its user could reach it
        shutil.rmtree(home.root)
    screen.say(f"Données et clés effacées : {home.root}")
