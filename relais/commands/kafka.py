"""`relais kafka`: Apache Kafka for this machine."""

from __future__ import annotations

import importlib

import typer

from relais.errors import CommandError
from relais.processes import CRASHED
from relais.screen import Screen

app = typer.Typer(help="Apache Kafka sur cette machine : fetch.", no_args_is_help=True, add_completion=False)


@app.callback()
def _kafka() -> None:
    pass


@app.command()
def fetch() -> None:
    """Chercher Apache Kafka par Maven, une fois, dans .kafka/."""
    broker = importlib.import_module("deploy.kafka.broker")
    try:
        with Screen().step("Apache Kafka par Maven"):
            broker.get()
    except broker.BrokerError as error:
        raise CommandError(f"Apache Kafka : {error}.", CRASHED) from error
