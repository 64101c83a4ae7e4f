"""`relais generate`: a seeded synthetic region as files."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from relais.errors import CommandError
from relais.synthetic.files import Order, write_region
from rules.book import NoValueAt, RuleBook

app = typer.Typer(add_completion=False)
DEFAULT_DAY = "2026-06-30"


@app.command()
def generate(
    *,
    employers: Annotated[int, typer.Option(min=1, max=99_999, help="Nombre d'employeurs.")] = 14,
    agents: Annotated[int, typer.Option(min=1, help="Nombre d'agents.")] = 750,
    seed: Annotated[int, typer.Option(help="Graine : même graine, même région.")] = 1,
    day: Annotated[
        datetime, typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="Jour où la région est vue.")
    ] = DEFAULT_DAY,  # type: ignore[assignment]  # Typer parses it
    out: Annotated[Path, typer.Option(help="Dossier où écrire.")] = Path("region"),
) -> None:
    """Écrire une région fictive : employeurs, agents, paie, congés (CSV et JSON Lines)."""
    console = Console(stderr=True, highlight=False)
    if out.is_dir() and any(out.iterdir()):
        raise CommandError(f"{out}/ n'est pas vide : --out AUTRE_DOSSIER.")
    try:
        with Progress(console=console, transient=True) as progress:
            task = progress.add_task("Agents", total=agents)
            order = Order(employers, agents, seed, day.date(), _point(day.date()))
            summary = write_region(order, out, lambda step: progress.advance(task, step))
    except ValueError as error:
        raise CommandError(f"Région impossible : {error}.") from error
    except (NoValueAt, OverflowError) as error:
        raise CommandError(f"Région impossible : rien n'est connu de la paie au {day:%d/%m/%Y}.") from error
    console.print(f"{summary['written']['agents']} agents et {summary['written']['leaves']} congés dans {out}/")
    console.print(summary["notice"], style="dim")


def _point(day: date) -> Decimal:
    return RuleBook.load().at("index_point.yearly", day).value
