"""`relais users`: the persons who sign in to the pages."""

from __future__ import annotations

from typing import Annotated, Any, Final, get_args

import typer
from rich.console import Console

from gateway.dashboard.words import Words
from gateway.domain.roles import Role
from relais.access import api_of
from relais.commands.clients import STAFF, stands_for
from relais.errors import CommandError
from relais.home import Home
from relais.tables import print_table

app = typer.Typer(
    help="Les comptes des personnes : ouvrir, inviter, fermer.", no_args_is_help=True, add_completion=False
)

Login = Annotated[str, typer.Argument(metavar="IDENTIFIANT", help="Identifiant de connexion.")]
FRENCH: Final = Words("fr")
CHANGED: Final = ("name", "organisation", "role", "employers", "insurer", "department", "oidc_subject")


@app.command("list")
def index() -> None:
    """Montrer les comptes et ce qu'ils permettent."""
    with api_of(Home.from_environment(), STAFF) as api:
        rows = [
            (one["login"], one["name"], FRENCH.role(one), stands_for(one), _state(one))
            for one in api.pages("/v1/users")
        ]
    print_table(("compte", "nom", "rôle", "représente", "état"), rows)


@app.command()
def add(
    login: Login,
    *,
    name: Annotated[str, typer.Option(help="Nom de la personne.")],
    organisation: Annotated[str, typer.Option(help="Où elle travaille.")],
    role: Annotated[
        str,
        typer.Option(
            metavar="RÔLE",
            help="EMPLOYER (avec --employer), INSURER (--insurer), MANAGER ou AUDITOR (--employer, --department ou"
            " --all-employers), ADMINISTRATOR (--all-employers).",
        ),
    ],
    employer: Annotated[list[str] | None, typer.Option(help="SIRET représenté ; à répéter.")] = None,
    insurer: Annotated[str | None, typer.Option(help="Code de l'assureur représenté.")] = None,
    department: Annotated[str | None, typer.Option(help="Département du centre de gestion.")] = None,
    everyone: Annotated[bool, typer.Option("--all-employers", help="Représente tous les employeurs.")] = False,
) -> None:
    """Ouvrir un compte. Le lien avec lequel la personne choisit son mot de passe est imprimé cette fois seulement."""
    body = {
        "login": login,
        "name": name,
        "organisation": organisation,
        "role": role,
        "employers": employer or [],
        "all_employers": everyone,
        "insurer": insurer,
        "department": department,
    }
    if role not in get_args(Role):
        raise CommandError(f"Rôle inconnu : {role}. Connus : {', '.join(get_args(Role))}.")
    if not (employer or insurer or department or everyone):
        raise CommandError(
            "Ce compte ne représenterait personne : --employer SIRET, --insurer CODE, --department NUMÉRO"
            " ou --all-employers."
        )
    home = Home.from_environment()
    with api_of(home, STAFF) as api:
        _show_link(home, api.post("/v1/users", body))


@app.command()
def invite(login: Login) -> None:
    """Retirer son mot de passe à une personne et imprimer le lien avec lequel elle en choisit un autre."""
    home = Home.from_environment()
    with api_of(home, STAFF) as api:
        headers = {"If-Match": f'"{api.get(f"/v1/users/{login}")["version"]}"'}
        _show_link(home, api.send("POST", f"/v1/users/{login}/invitations", headers=headers))


@app.command()
def close(login: Login) -> None:
    """Fermer un compte et ses sessions."""
    with api_of(Home.from_environment(), STAFF) as api:
        found = api.get(f"/v1/users/{login}")
        body = {name: found[name] for name in CHANGED if found[name] is not None} | {"active": False}
        body |= {} if found["role"] else {"scopes": found["scopes"]}
        body |= {"all_employers": True} if found["employers"] is None else {}
        api.send("PUT", f"/v1/users/{login}", json=body, headers={"If-Match": f'"{found["version"]}"'})
    Console(highlight=False).print(f"{login} : fermé")


def _show_link(home: Home, made: dict[str, Any]) -> None:
    link = f"{home.must_run().gateway}/app/invitation?code={made['code']}"
    Console(highlight=False).print(link, markup=False, soft_wrap=True)


def _state(one: dict[str, Any]) -> str:
    if not one["active"]:
        return "fermé"
    return "ouvert" if one["has_password"] else "invité"
