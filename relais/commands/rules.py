"""`relais rules`: read the law as the engine knows it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final

import typer
from rich.console import Console

from relais.errors import CommandError
from relais.tables import print_table
from rules.book import NoValueAt, RuleBook, RuleValue, UnknownRule
from rules.sources import source

app = typer.Typer(help="Lire les règles datées : list, show, at.", no_args_is_help=True, add_completion=False)

# Units of rules/values.py that are not French already, or not a word.
UNITS: Final = {
    "EUR": "€",
    "EUR/hour": "€/heure",
    "EUR/day": "€/jour",
    "EUR/month": "€/mois",
    "EUR/year": "€/an",
    "EUR/point/year": "€/point/an",
    "count": "nombre",
    "hours": "heures",
    "hours/week": "heures/semaine",
    "days": "jours",
    "weeks": "semaines",
    "months": "mois",
    "years": "ans",
    "index points": "points d'indice",
    "rate": "taux",
    "choice": "choix",
}
CONFIDENCE: Final = {
    "V": "lue dans la source citée",
    "V2": "lue dans une source secondaire",
    "D": "calculée à partir de valeurs lues",
    "K": "connaissance générale : un paramètre, jamais présenté comme du droit",
}
Day = Annotated[datetime, typer.Argument(formats=["%Y-%m-%d"], metavar="DATE", help="Le jour voulu.")]


@app.command("list")
def list_rules() -> None:
    """Toutes les règles : identifiant, unité, libellé."""
    print_table(("règle", "unité", "libellé"), [(rule.id, _unit(rule.unit), rule.label) for rule in RuleBook.load()])


@app.command()
def show(
    rule_id: Annotated[str, typer.Argument(metavar="RÈGLE", help="Identifiant, comme dans relais rules list.")],
) -> None:
    """Une règle, avec toutes ses valeurs, leurs références et la confiance dans leur source."""
    try:
        rule = RuleBook.load().rule(rule_id)
    except UnknownRule:
        raise CommandError(f"Règle inconnue : {rule_id}. Voir : relais rules list") from None
    rows = [(*_dated(value), _shown(value), value.confidence, source(value.reference)) for value in rule.values]
    title = f"{rule.id} : {rule.label} ({_unit(rule.unit)})"
    print_table(("du", "au", "valeur", "confiance", "référence"), rows, title=title)
    met = [letter for letter in CONFIDENCE if letter in {value.confidence for value in rule.values}]
    Console(highlight=False).print("\n" + "\n".join(f"{letter} : {CONFIDENCE[letter]}" for letter in met))


@app.command()
def at(day: Day) -> None:
    """Ce que dit chaque règle un jour donné."""
    book, on = RuleBook.load(), day.date()
    rows = []
    for rule in book:
        try:
            value = book.at(rule.id, on)
        except NoValueAt:
            continue
        rows.append((rule.id, value.start.isoformat(), _shown(value), _unit(value.unit), source(value.reference)))
    if not rows:
        raise CommandError(f"Aucune règle n'a de valeur connue au {on.isoformat()}.")
    print_table(("règle", "depuis", "valeur", "unité", "référence"), rows, title=f"Règles au {on.isoformat()}")


def _dated(value: RuleValue) -> tuple[str, str]:
    return value.start.isoformat(), value.end.isoformat() if value.end else "…"


def _shown(value: RuleValue) -> str:
    return f"{len(value.rows)} lignes" if value.unit == "table" else value.text


def _unit(unit: str) -> str:
    return UNITS.get(unit, unit)
