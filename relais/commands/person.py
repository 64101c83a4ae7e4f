"""`relais person`: what the platform holds of one person."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Final
from uuid import UUID

import typer

from relais.access import api_of
from relais.home import Home, write_private
from relais.person import export as exported

app = typer.Typer(help="Les données d'une personne.", no_args_is_help=True, add_completion=False)

STAFF: Final = "demo-staff"


@app.callback()
def _person() -> None:
    pass


@app.command()
def export(
    agent: Annotated[UUID, typer.Argument(metavar="AGENT", help="Identifiant de l'agent.")],
    *,
    to: Annotated[
        Path | None,
        typer.Option("--to", metavar="FICHIER", help="Où l'écrire ; sinon à l'écran."),
    ] = None,
    purpose: Annotated[str, typer.Option(help="Motif, inscrit dans la trace des accès.")] = "RGPD art. 15",
) -> None:
    """Tout ce que la plateforme tient d'une personne, tous services et accès compris (droit d'accès)."""
    with api_of(Home.from_environment(), STAFF, purpose=purpose) as api:
        content = json.dumps(exported(api, str(agent)), indent=1, ensure_ascii=False)
    if to is None:
        sys.stdout.write(content + "\n")
    else:
        write_private(to, content)
