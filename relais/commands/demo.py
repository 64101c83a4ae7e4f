"""`relais demo`: the main job, played against the platform that runs on this home."""

from __future__ import annotations

import sys

import typer
from rich.console import Console

from relais.credentials import Credentials
from relais.demo.play import play
from relais.demo.report import Report
from relais.home import Home

app = typer.Typer(add_completion=False)


@app.command()
def demo() -> None:
    """Jouer le parcours entier avec de nouveaux agents, et vérifier les montants."""
    home = Home.from_environment()
    gateway = home.must_run().gateway
    console = Console(highlight=False, soft_wrap=True)
    report = Report(lambda line: console.print(line, markup=False))
    play(gateway, Credentials.of(home).clients, report)
    console.print()
    console.print(report.summary)
    sys.exit(1 if report.failures else 0)
