"""`relais person`: the rights of one person over what the platform holds, in every service."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final
from uuid import UUID

import typer

from kit.clock import SystemClock
from relais import erasure
from relais.access import api_of
from relais.api import Api
from relais.errors import CommandError
from relais.home import Home, write_private
from relais.instants import shown
from relais.person import export as exported

app = typer.Typer(help="Les droits d'une personne sur ses données.", no_args_is_help=True, add_completion=False)

STAFF: Final = "demo-staff"
Agent = Annotated[UUID, typer.Argument(metavar="AGENT", help="Identifiant de l'agent.")]
Why = Annotated[
    str, typer.Option("--reason", metavar="MOTIF", help="Motif, gardé avec la décision. Sans donnée de santé.")
]


class AskedBy(StrEnum):
    """Who asked."""

    PERSON = "PERSON"
    REPRESENTATIVE = "REPRESENTATIVE"
    CONTROLLER = "CONTROLLER"
    AUTHORITY = "AUTHORITY"


Asked = Annotated[AskedBy, typer.Option("--asked-by", help="Qui l'a demandé.")]


@app.command()
def export(
    agent: Agent,
    *,
    to: Annotated[
        Path | None,
        typer.Option("--to", metavar="FICHIER", help="Où l'écrire ; sinon à l'écran."),
    ] = None,
    purpose: Annotated[str, typer.Option(help="Motif, inscrit dans la trace des accès.")] = "RGPD art. 15",
) -> None:
    """Tout ce que la plateforme tient d'une personne, tous services et accès compris (droit d'accès)."""
    with _staff(purpose) as api:
        content = json.dumps(exported(api, str(agent)), indent=1, ensure_ascii=False)
    if to is None:
        sys.stdout.write(content + "\n")
    else:
        write_private(to, content)


@app.command()
def restrict(agent: Agent, reason: Why, asked_by: Asked = AskedBy.PERSON) -> None:
    """Limiter le traitement : le dossier est gardé, et son identité n'est plus lue que par qui en a la charge."""
    _restrict(agent, asked_by, reason, restricted=True)


@app.command()
def release(agent: Agent, reason: Why, asked_by: Asked = AskedBy.PERSON) -> None:
    """Mettre fin à la limitation du traitement."""
    _restrict(agent, asked_by, reason, restricted=False)


@app.command()
def erase(
    agent: Agent,
    *,
    confirm: Annotated[str | None, typer.Option("--confirm", metavar="CODE", help="Le code de l'aperçu relu.")] = None,
    reason: Annotated[str, typer.Option("--reason", metavar="MOTIF", help="Motif, gardé avec l'effacement.")] = "",
    override: Annotated[
        bool, typer.Option("--override", help="Bien qu'une conservation obligatoire coure encore.")
    ] = False,
) -> None:
    """Dire ce que l'effacement d'une personne prendrait ; l'effacer quand l'aperçu est confirmé, avec son motif.

    Interrompu, il se reprend avec le même code : ce qui est effacé le reste.
    """
    if confirm is not None and not reason.strip():
        raise CommandError("Un effacement demande son motif : --reason MOTIF.")
    with _staff(reason or "RGPD art. 17, aperçu") as api:
        if confirm is None:
            found = erasure.preview(api, str(agent))
            _say([*erasure.told(found), f"Pour effacer : --confirm {erasure.code(found)} --reason MOTIF"])
        else:
            _say(erasure.told(erasure.confirm(api, str(agent), confirm, reason, override=override)))


@app.command()
def purge(
    *, dry_run: Annotated[bool, typer.Option("--dry-run", help="Dire ce qui le serait, sans rien supprimer.")] = False
) -> None:
    """Supprimer ce dont la durée de conservation est écoulée, comme chaque nuit ; par règle, avec sa source."""
    with _staff("RGPD art. 5, 1, e : purge") as api:
        _say(erasure.told_purges(erasure.purges(api, dry_run=dry_run), SystemClock().day()))


def _staff(purpose: str) -> Api:
    return api_of(Home.from_environment(), STAFF, purpose=purpose)


def _restrict(agent: UUID, asked_by: AskedBy, reason: str, *, restricted: bool) -> None:
    body = {"restricted": restricted, "asked_by": asked_by.value, "reason": reason}
    with _staff("RGPD art. 18") as api:
        found = api.put(f"/v1/agents/{agent}/restriction", body)
    since = found["restricted_at"]
    _say([f"Traitement limité depuis le {shown(since)}." if since else "Le traitement n'est pas limité."])


def _say(lines: Iterable[str]) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
