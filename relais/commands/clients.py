"""`relais clients`: the programs that may ask the platform for tokens."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Final

import httpx
import typer
from rich.console import Console

from kit.http.auth import SCOPES
from relais.access import api_of
from relais.api import Api, Refused
from relais.errors import CommandError
from relais.home import Home
from relais.tables import print_table

app = typer.Typer(
    help="Les clients de la plateforme : enregistrer, renouveler, révoquer.", no_args_is_help=True, add_completion=False
)

STAFF: Final = "demo-staff"
EVERYONE: Final = "tous"
SHOWN: Final = 3
Id = Annotated[str, typer.Argument(metavar="CLIENT", help="Identifiant du client.")]
KeysOption = Annotated[
    Path | None, typer.Option("--keys", metavar="JWKS", help="Clés publiques (document JWKS), au lieu d'un secret.")
]


@app.command("list")
def index() -> None:
    """Montrer les clients et ce qu'ils représentent."""
    with api_of(Home.from_environment(), STAFF) as api:
        rows = [(one["id"], stands_for(one), _proof(one), " ".join(one["scopes"])) for one in api.pages("/v1/clients")]
    print_table(("client", "représente", "preuve", "portées"), rows)


@app.command()
def add(
    client: Id,
    *,
    name: Annotated[str, typer.Option(help="Nom, pour les personnes.")],
    scope: Annotated[list[str], typer.Option(help="Portée accordée ; à répéter.")],
    employer: Annotated[list[str] | None, typer.Option(help="SIRET représenté ; à répéter.")] = None,
    insurer: Annotated[str | None, typer.Option(help="Code de l'assureur représenté.")] = None,
    department: Annotated[str | None, typer.Option(help="Département du centre de gestion.")] = None,
    everyone: Annotated[bool, typer.Option("--all-employers", help="Représente tous les employeurs.")] = False,
    keys: KeysOption = None,
) -> None:
    """Enregistrer un client. Son secret est imprimé seul, cette fois seulement."""
    unknown = sorted(set(scope) - SCOPES.keys())
    if unknown:
        raise CommandError(f"Portée inconnue : {', '.join(unknown)}. Connues : {', '.join(sorted(SCOPES))}.")
    body = {
        "id": client,
        "name": name,
        "scopes": scope,
        "employers": employer or [],
        "all_employers": everyone,
        "insurer": insurer,
        "department": department,
        "keys": _keys(keys),
    }
    with api_of(Home.from_environment(), STAFF) as api:
        _show_secret(api.post("/v1/clients", body))
    if not any((employer, everyone, insurer, department)):
        words = f"{client} ne représente personne tant qu'aucun employeur ne lui délègue rien."
        Console(stderr=True, highlight=False).print(words, markup=False, soft_wrap=True)


@app.command()
def rotate(
    client: Id,
    *,
    keep_hours: Annotated[int, typer.Option(help="Heures pendant lesquelles l'ancien secret vaut encore.")] = 24,
    keys: KeysOption = None,
) -> None:
    """Renouveler le secret, ou les clés, d'un client ; avec --keep-hours 0 l'ancien et ses jetons ne valent plus."""
    with api_of(Home.from_environment(), STAFF) as api:
        body = {"keep_hours": keep_hours, "keys": _keys(keys)}
        headers = {"If-Match": _etag(api, client)}
        _show_secret(api.send("POST", f"/v1/clients/{client}/rotations", json=body, headers=headers))


@app.command()
def revoke(client: Id) -> None:
    """Révoquer un client : plus aucun jeton, et ceux qu'il détient sont refusés."""
    with api_of(Home.from_environment(), STAFF) as api:
        api.send("DELETE", f"/v1/clients/{client}", headers={"If-Match": _etag(api, client)})
    Console(highlight=False).print(f"{client} : révoqué")


def _etag(api: Api, client: str) -> str:
    """Of a client that may still be changed. Raises CommandError for another."""
    try:
        return f'"{api.get(f"/v1/clients/{client}")["version"]}"'
    except Refused as refused:
        if refused.status != httpx.codes.NOT_FOUND:
            raise
    revoked = any(one["id"] == client for one in api.pages("/v1/clients"))
    raise CommandError(f"{client} est déjà révoqué." if revoked else f"{client} : client inconnu.")


def _show_secret(answer: dict[str, Any]) -> None:
    shown = answer["secret"] or f"{answer['id']} : se présente par ses clés"
    Console(highlight=False).print(shown, markup=False, soft_wrap=True)


def _keys(path: Path | None) -> list[Any]:
    if path is None:
        return []
    try:
        found = json.loads(path.read_text(encoding="utf-8"))["keys"]
    except (OSError, ValueError, KeyError, TypeError):
        raise CommandError(f"{path} : un document JWKS est attendu.") from None
    if not isinstance(found, list):
        raise CommandError(f"{path} : un document JWKS est attendu.")
    return found


def stands_for(one: dict[str, Any]) -> str:
    if one["insurer"]:
        return f"assureur {one['insurer']}"
    if one["department"]:
        return f"département {one['department']}"
    employers = one["employers"]
    if employers is None:
        return EVERYONE
    return ", ".join(employers[:SHOWN]) + (" …" if len(employers) > SHOWN else "")


def _proof(one: dict[str, Any]) -> str:
    if not one["active"]:
        return "révoqué"
    return f"{len(one['key_ids'])} clé(s)" if one["key_ids"] else "secret"
