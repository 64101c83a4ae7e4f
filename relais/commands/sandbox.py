"""`relais sandbox`: a platform of fictitious data for HRIS vendors, apart from any other."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Annotated, Final

import typer
from pydantic import SecretStr
from rich.console import Console

from gateway.local import move_client
from kit.db.provision import component_url
from kit.settings import Settings
from relais import sandbox
from relais.access import api_of
from relais.api import Api, Refused
from relais.commands.clients import STAFF
from relais.commands.run import serve
from relais.credentials import Credentials
from relais.errors import CommandError
from relais.home import Home
from relais.platform import Options
from relais.screen import Screen

if TYPE_CHECKING:
    from relais.assembly import Platform

app = typer.Typer(
    help="Le bac à sable des éditeurs : une plateforme à part, aux données fictives.",
    no_args_is_help=True,
    add_completion=False,
)
# Far from 8080 and from the next ports that somebody tries for the platform.
PORT: Final = 8190
UNKNOWN: Final = 404
Client = Annotated[str, typer.Argument(metavar="CLIENT", help="Identifiant du client de l'éditeur.")]


@app.command()
def run(
    port: Annotated[
        int,
        typer.Option(
            envvar="RELAIS_SANDBOX_PORT", help="Port de sa passerelle ; RELAIS_PORT est celui de la plateforme."
        ),
    ] = PORT,
) -> None:
    """Démarrer le bac à sable, au premier plan ; ses bases et ses clés sont à lui."""
    os.environ["RELAIS_SANDBOX"] = "true"
    asyncio.run(serve(_home(), Options(port), Screen(), _welcome))


@app.command()
def create(client: Client) -> None:
    """Donner à un éditeur un employeur fictif, son accord, des agents et leur paie. Imprime le SIRET et le secret."""
    with api_of(_home(), STAFF) as staff:
        if _is_there(staff, client):
            raise CommandError(f"{client} a déjà un bac à sable : relais sandbox reset {client}.")
        tenant = sandbox.open_tenant(staff, client)
        secret = staff.post("/v1/clients", sandbox.registration(client, tenant))["secret"]
    with Api(_home().must_run().gateway, client, secret) as hris:
        sandbox.fill(hris, tenant)
    _say(tenant)
    Console(highlight=False).print(secret, markup=False, soft_wrap=True)
    url = _home().must_run().gateway
    asked = f"curl -u {client}:SECRET -d grant_type=client_credentials {url}/oauth/token"
    words = f"Le secret du client {client} est la dernière ligne ; il n'est montré que cette fois. Un jeton : {asked}"
    Console(stderr=True, highlight=False).print(words, markup=False, soft_wrap=True)


@app.command()
def reset(client: Client) -> None:
    """Repartir d'un employeur fictif neuf, avec le même client et le même secret ; l'ancien n'est plus à personne."""
    home = _home()
    with api_of(home, STAFF) as staff:
        if not _is_there(staff, client):
            raise CommandError(f"{client} n'a pas de bac à sable : relais sandbox create {client}.")
        tenant = sandbox.open_tenant(staff, client)
        asyncio.run(move_client(_settings(home), client, frozenset({tenant.siret})))
        sandbox.fill(staff, tenant)
    _say(tenant)


def _welcome(platform: Platform) -> str:
    gateway = platform.layout.gateway
    return f"""
[bold]Le bac à sable est prêt : {gateway}[/]

  Un éditeur de plus       .venv/bin/relais sandbox create CLIENT
  Documentation de l'API   {gateway}/docs   (OpenAPI : {gateway}/openapi.json)
  Journaux                 {platform.ground.home.logs}/

Tout y est fictif, et chaque réponse le dit : Relais-Sandbox: true. Ctrl-C arrête tout et garde les données."""


def _is_there(staff: Api, client: str) -> bool:
    try:
        staff.get(f"/v1/clients/{client}")
    except Refused as refused:
        if refused.status == UNKNOWN:
            return False
        raise
    return True


def _home() -> Home:
    return sandbox.home_of(Home.from_environment())


def _settings(home: Home) -> Settings:
    password = Credentials.of(home).databases["gateway"]["api"]
    return Settings(
        component="gateway",
        database_url=SecretStr(component_url(home.must_run().admin_dsn, "gateway", "api", password)),
    )


def _say(tenant: sandbox.Tenant) -> None:
    Console(highlight=False).print(f"{tenant.siret}  {tenant.name}, accord {tenant.agreement}", soft_wrap=True)
