"""`relais rules`: read the law as the engine knows it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from relais.errors import CommandError
from rules.book import NoValueAt, RuleBook, RuleValue, UnknownRule

app = typer.Typer(help="Lire les règles datées : list, show, at.", no_args_is_help=True, add_completion=False)

Day = Annotated[datetime, typer.Argument(formats=["%Y-%m-%d"], metavar="DATE", help="AAAA-MM-JJ")]


@app.command("list")
def list_rules() -> None:
    """Toutes les règles : identifiant, unité, libellé."""
    table = _table("règle", "unité", "libellé")
    for rule in RuleBook.load():
        table.add_row(rule.id, rule.unit, rule.label)
    _print(table)


@app.command()
def show(
    rule_id: Annotated[str, typer.Argument(metavar="RÈGLE", help="Identifiant, comme dans relais rules list.")],
) -> None:
    """Une règle, avec toutes ses valeurs et leurs références."""
    try:
        rule = RuleBook.load().rule(rule_id)
    except UnknownRule:
        raise CommandError(f"Règle inconnue : {rule_id}. Voir : relais rules list") from None
    table = _table("du", "au", "valeur", "conf.", "référence", title=f"{rule.id} : {rule.label} ({rule.unit})")
    for value in rule.values:
        table.add_row(*_dated(value), _shown(value), value.confidence, value.reference)
    _print(table)


@app.command()
def at(day: Day) -> None:
    """Ce que dit chaque règle un jour donné."""
    book, on = RuleBook.load(), day.date()
    table = _table("règle", "depuis", "valeur", "unité", "référence", title=f"Règles au {on.isoformat()}")
    for rule in book:
        try:
            value = book.at(rule.id, on)
        except NoValueAt:
            continue
        table.add_row(rule.id, value.start.isoformat(), _shown(value), value.unit, value.reference)
    _print(table)


def _dated(value: RuleValue) -> tuple[str, str]:
    return value.start.isoformat(), value.end.isoformat() if value.end else "…"


def _shown(value: RuleValue) -> str:
    return f"{len(value.rows)} lignes" if value.unit == "table" else value.text


def _table(*columns: str, title: str | None = None) -> Table:
    table = Table(*columns, title=title, title_justify="left", box=None, pad_edge=False)
    for column in table.columns:
        column.overflow = "fold"
    return table


def _print(table: Table) -> None:
    console = Console(highlight=False)
    console.print(table)
