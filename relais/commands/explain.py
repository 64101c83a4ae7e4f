"""`relais explain`: why an agent is covered or not, as a picture a person can read."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Final
from uuid import UUID

import typer
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from relais.access import api_of
from relais.api import Api, Refused
from relais.errors import CommandError
from relais.home import Home
from relais.instants import shown
from rules.sources import source

app = typer.Typer(help="Expliquer une décision.", no_args_is_help=True, add_completion=False)

STAFF: Final = "demo-staff"
NOT_FOUND: Final = 404
BAR_WIDTH: Final = 72
# How each outcome is drawn and named.
LOOKS: Final[dict[str, tuple[str, str, str]]] = {
    "AFFILIATED": ("█", "green", "couvert"),
    "SUSPENDED": ("▒", "yellow", "suspendu"),
    "DISPENSED": ("╌", "cyan", "dispensé"),
    "DEFERRED": ("░", "magenta", "adhésion différée"),
    "NOT_YET_ELIGIBLE": ("░", "blue", "pas encore éligible"),
    "EXCLUDED": ("·", "red", "hors du champ"),
    "ENDED": ("·", "bright_black", "sans couverture"),
}
OPTIONS: Final = {
    "RETIREMENT_LOSS": "option 1, perte de retraite",
    "DEATH": "option 2, décès",
    "RI_FULL_PAY": "option 3, régime indemnitaire",
}


@app.callback()
def _explain() -> None:
    pass


@app.command()
def affiliation(
    agent: Annotated[str, typer.Argument(metavar="AGENT", help="Matricule, ou identifiant de l'agent.")],
    *,
    employer: Annotated[str | None, typer.Option(metavar="SIRET", help="L'employeur, s'il y en a plusieurs.")] = None,
    on: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="Jour dont dire l'issue ; aujourd'hui sinon."),
    ] = None,
    known_at: Annotated[
        str | None,
        typer.Option("--known-at", metavar="INSTANT", help="Tel que su à cet instant : 2026-01-31T12:00:00+01:00."),
    ] = None,
) -> None:
    """Qui est couvert, depuis quand, pourquoi : la frise, les motifs et les articles."""
    with api_of(Home.from_environment(), STAFF) as api:
        day = None if on is None else on.date().isoformat()
        answer = asked(api, agent, employer=employer, on=day, known_at=known_at)
    Console(highlight=False).print(picture(answer))


def asked(api: Api, agent: str, *, employer: str | None, on: str | None, known_at: str | None) -> dict[str, Any]:
    """The cover of an agent named by id or by matricule. Raises CommandError: unknown, several, refused."""
    try:
        key = _identifier(api, agent, employer)
        query = {"employer": employer, "as_of": on, "known_at": known_at}
        answer: dict[str, Any] = api.get(f"/v1/agents/{key}/affiliation", **query)
    except Refused as refused:
        if refused.status == NOT_FOUND:
            raise CommandError(f"Agent inconnu : {agent}") from None
        raise CommandError(str(refused)) from None
    return answer


def _identifier(api: Api, agent: str, employer: str | None) -> str:
    try:
        return str(UUID(agent))
    except ValueError:
        found = api.get("/v1/agents", matricule=agent, employer=employer)["items"]
    if len({row["id"] for row in found}) > 1:
        sirets = ", ".join(sorted({row["employer"] for row in found}))
        raise CommandError(f"Plusieurs agents ont le matricule {agent} : indiquez --employer parmi {sirets}.")
    if not found:
        raise CommandError(f"Agent inconnu : {agent}")
    return str(found[0]["id"])


def picture(answer: dict[str, Any]) -> RenderableType:
    """The timeline drawn to scale, then each period with its reason and its article, then the options."""
    head = Text(f"Agent {answer['agent']}")
    if not answer["periods"]:
        return Group(head, Text("Aucune décision : l'employeur n'est lié à aucun accord connu ici."))
    day = date.fromisoformat(answer["as_of"])
    head.append(f"\nEmployeur {answer['employer']}, accord {answer['agreement']}\nAu {day:%d/%m/%Y} : ")
    if answer["outcome"] is None:
        head.append("avant la première période")
    else:
        _, colour, word = LOOKS[answer["outcome"]]
        head.append(word, style=f"bold {colour}")
    return Group(head, Text(), _bar(answer), Text(), _periods(answer["periods"]), Text(), _foot(answer))


def _bar(answer: dict[str, Any]) -> Text:
    """One character a slice of time, and a mark under the day asked about."""
    periods, day = answer["periods"], date.fromisoformat(answer["as_of"])
    first = date.fromisoformat(periods[0]["start"])
    known = [date.fromisoformat(p[end]) for p in periods for end in ("start", "end") if p[end]]
    span = max((max(*known, first, day) - first).days + 1, BAR_WIDTH)
    drawn = Text()
    for slot in range(BAR_WIDTH):
        at = first.toordinal() + slot * span // BAR_WIDTH
        period = next(p for p in reversed(periods) if date.fromisoformat(p["start"]).toordinal() <= at)
        sign, colour, _ = LOOKS[period["outcome"]]
        drawn.append(sign, style=colour)
    drawn.append("→")
    mark = min(max((day - first).days, 0) * BAR_WIDTH // span, BAR_WIDTH - 1)
    drawn.append(f"\n{' ' * mark}▲")
    drawn.append(f"\n{periods[0]['start']}", style="dim")
    return drawn


def _periods(periods: list[dict[str, Any]]) -> Table:
    table = Table("du", "au", "issue", "pourquoi", "référence", box=None, pad_edge=False)
    for column in table.columns:
        column.overflow = "fold"
    for period in periods:
        sign, colour, word = LOOKS[period["outcome"]]
        table.add_row(
            period["start"],
            period["end"] or "…",
            Text(f"{sign} {word}", style=colour),
            "\n".join(reason["detail"] for reason in period["reasons"]),
            "\n".join(source(reason["reference"]) for reason in period["reasons"]),
        )
    return table


def _foot(answer: dict[str, Any]) -> Text:
    foot = Text()
    for option in answer["options"]:
        name = OPTIONS[option["guarantee"]]
        foot.append(f"{name} : du {option['from']} au {option['to'] or '…'}\n")
    if not answer["options"]:
        foot.append("Aucune option choisie.\n")
    foot.append(f"Décision {answer['decision']}, prise le {shown(answer['decided_at'])}", style="dim")
    return foot
