"""`relais generate`: a seeded synthetic region as files."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from relais.commands.clients import STAFF
from relais.errors import CommandError
from relais.french import system_said
from relais.home import Home
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
    out: Annotated[Path, typer.Option(metavar="DOSSIER", help="Dossier où écrire.")] = Path("region"),
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
    except OSError as error:
        raise CommandError(f"Impossible d'écrire dans {error.filename or out} : {system_said(error)}.") from error
    except ValueError as error:
        raise CommandError(f"Région impossible : {error}.") from error
    except (NoValueAt, OverflowError) as error:
        raise CommandError(f"Région impossible : rien n'est connu de la paie au {day:%d/%m/%Y}.") from error
    console.print(f"{summary['written']['agents']} agents et {summary['written']['leaves']} congés dans {out}/")
    console.print(summary["notice"], style="dim")
    console.print(_how_to_load(out), markup=False, soft_wrap=True)


def _how_to_load(out: Path) -> str:
    """What to type next, in another shell: demo-staff stands for every employer, those of the files among them."""
    running = Home.from_environment().running()
    url = running.gateway if running else "http://127.0.0.1:8080"
    sent = (
        f"  curl -H \"Authorization: Bearer $(.venv/bin/relais token {STAFF})\" -H 'Content-Type: application/jsonl'"
        f" --data-binary @{out}/{kind}.jsonl {url}/v1/imports/{kind}"
        for kind in ("agents", "pay", "leaves")
    )
    first, *others = sent
    return "\n".join(
        (
            f"Pour les charger (plateforme en marche ; {STAFF} représente tous les employeurs, demo-hris les siens) :",
            first,
            f"puis, une fois les agents chargés (GET {url}/v1/imports/agents/ID dit « done ») :",
            *others,
        )
    )


def _point(day: date) -> Decimal:
    return RuleBook.load().at("index_point.yearly", day).value
