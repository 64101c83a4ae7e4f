"""`relais token`: a bearer token of a demo client, and nothing else, on the standard output."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from relais.access import api_of
from relais.home import Home

app = typer.Typer(add_completion=False)


@app.command()
def token(
    client: Annotated[
        str, typer.Argument(metavar="CLIENT", help="demo-hris, demo-insurer-a, demo-insurer-b ou demo-staff.")
    ] = "demo-hris",
) -> None:
    """Imprimer un jeton d'un client de démonstration (par défaut le SIRH), et rien d'autre."""
    with api_of(Home.from_environment(), client) as api:
        sys.stdout.write(api.token() + "\n")
