"""One platform from its first file to its last process: brought up in order, watched, ended in the opposite order.

Nothing heavy is imported here: on two cores the nursery imports the components while we import what assembles them
(relais/assembly.py) and PostgreSQL starts.
"""

from __future__ import annotations

import asyncio
import importlib
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relais.credentials import Credentials
from relais.errors import CommandError
from relais.home import Home
from relais.ports import check_free
from relais.postgres import EmbeddedPostgres
from relais.postgres_programs import PostgresError
from relais.processes import CRASHED, nursery
from relais.screen import Screen

if TYPE_CHECKING:
    from relais.assembly import Platform

COMPONENTS = "relais.components"
ASSEMBLY = "relais.assembly"
# The insurers of the demonstration, each with topics of its own.
INSURERS = ("demo-a", "demo-b")


@dataclass(frozen=True, slots=True)
class Options:
    """What a person may choose of a platform."""

    port: int
    transport: str = "feed"


@asynccontextmanager
async def brought_up(home: Home, options: Options, screen: Screen) -> AsyncIterator[Platform]:
    """Bring everything up, and end everything afterwards, whatever happens in between.

    Raises CommandError with one clear sentence: home or port taken, a process that ended, no PostgreSQL.
    """
    first = not home.root.exists()
    if first:
        check_free(options.port)  # a start refused for its port leaves no folder behind
    home.prepare()
    with home.held() as lock:
        check_free(options.port)
        screen.say("Premier démarrage, une minute au plus…" if first else "Démarrage…")
        importing = asyncio.create_task(asyncio.to_thread(importlib.import_module, ASSEMBLY))
        async with (
            nursery(home, lock, [COMPONENTS]) as processes,
            postgres_of(home, screen) as server,
            _broker(home, options, screen) as bootstrap,
        ):
            assembly = await importing
            ground = assembly.Ground(home, server, processes, options.port, options.transport, bootstrap)
            async with assembly.assembled(ground, screen) as platform:
                await assembly.with_demo_data(platform, screen)
                yield platform


@asynccontextmanager
async def postgres_of(home: Home, screen: Screen) -> AsyncIterator[EmbeddedPostgres]:
    """The running server of this home. Raises CommandError where its data are there and their keys are not."""
    server = EmbeddedPostgres(home.root / "postgres")
    if server.has_data and not home.secrets.exists():
        raise CommandError(
            f"Des données sont dans {server.home}, et {home.secrets}, qui les ouvre, n'existe plus : remettez-le, ou"
            " effacez-les (relais reset)."
        )
    Credentials.made(home)  # before there are data: a start that is cut short leaves none without them
    if server.moved_from:
        screen.say(f"  Les données de PostgreSQL sont dans {server.home} : son utilisateur n'atteint pas {home.root}.")
    try:
        with screen.step("PostgreSQL"):
            await _in_thread(server.start)
        yield server
    except PostgresError as error:
        raise CommandError(f"PostgreSQL : {error}.", CRASHED) from error
    finally:
        await _in_thread(server.stop)


@asynccontextmanager
async def _broker(home: Home, options: Options, screen: Screen) -> AsyncIterator[str]:
    """The Kafka broker when events travel over it; its `host:port`, empty otherwise."""
    if options.transport == "feed":
        yield ""
        return
    # Java and its jars are asked for by this transport alone, and containers do not have the package at all.
    kafka = importlib.import_module("deploy.kafka.broker")
    if kafka.missing() is not None:
        with screen.step("Apache Kafka : téléchargement par Maven"):
            await _in_thread(kafka.get)
    broker = kafka.Broker(home.root / "kafka")
    try:
        with screen.step("Apache Kafka"):
            await _in_thread(broker.start)
            topics = importlib.import_module("deploy.kafka.topics")
            await topics.create(broker.bootstrap, topics.declared(INSURERS), replication=1)
        screen.say(f"  Kafka écoute sur {broker.bootstrap}.")
        yield broker.bootstrap
    except kafka.BrokerError as error:
        raise CommandError(f"Apache Kafka : {error}.", CRASHED) from error
    finally:
        await _in_thread(broker.stop)


async def _in_thread(call: Callable[[], None]) -> None:
    """Run a blocking call in a thread, and wait for its end even when we are told to stop meanwhile."""
    running = asyncio.ensure_future(asyncio.to_thread(call))
    try:
        await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait({running})
        raise


async def until_told(stop_signals: tuple[int, ...] = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)) -> None:
    """Wait for a signal that ends the command, or for the death of the `make` that started it."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in stop_signals:
        loop.add_signal_handler(number, told.set)
    parent = os.getppid()
    while not told.is_set():
        # Under make, a killed make must not leave us behind; started from a shell, we outlive the shell (nohup).
        if "MAKELEVEL" in os.environ and os.getppid() != parent:
            return
        try:
            await asyncio.wait_for(told.wait(), timeout=1.0)
        except TimeoutError:
            continue
