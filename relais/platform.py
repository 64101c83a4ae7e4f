"""One platform from its first file to its last process: brought up in order, watched, ended in the opposite order."""

from __future__ import annotations

import asyncio
import importlib
import os
import signal
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import httpx

from kit.clock import SystemClock
from kit.db.database import Database
from kit.db.provision import component_url
from kit.settings import COMPONENTS
from relais.clients import demo_clients, register
from relais.credentials import Credentials
from relais.databases import behind, bring_up
from relais.errors import CommandError
from relais.home import Home, Running
from relais.plan import Layout, module_of, process_plan
from relais.ports import choose
from relais.postgres import EmbeddedPostgres, PostgresError
from relais.processes import CRASHED, Processes, nursery, obituary
from relais.screen import Screen

T = TypeVar("T")
# The insurers of the demonstration, each with topics of its own.
INSURERS = ("demo-a", "demo-b")
READY_SECONDS = 90.0
POLL_SECONDS = 0.05
WATCH_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Options:
    """What a person may choose of a platform."""

    port: int
    transport: str = "feed"


@dataclass(frozen=True, slots=True)
class Platform:
    """A platform that is up: where it listens, and the processes to watch."""

    home: Home
    layout: Layout
    credentials: Credentials
    processes: Processes
    server: EmbeddedPostgres
    gateway_database: Database

    async def while_up(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of this work. Raises CommandError when a process ends before it."""
        task = asyncio.ensure_future(work)
        watch = asyncio.create_task(self.until_one_ends())
        try:
            await asyncio.wait({task, watch}, return_when=asyncio.FIRST_COMPLETED)
            if watch.done():
                raise watch.result()
            return task.result()
        finally:
            watch.cancel()
            task.cancel()

    async def until_one_ends(self) -> CommandError:
        """Wait until a process or PostgreSQL ends by itself, and say which one and what it wrote last."""
        ends = [asyncio.ensure_future(end) for end in (self.processes.until_one_ends(), self._until_the_server_ends())]
        try:
            done, _ = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            return next(iter(done)).result()
        finally:
            for end in ends:
                end.cancel()

    async def _until_the_server_ends(self) -> CommandError:
        while self.server.pid is not None:  # noqa: ASYNC110 - a child of ours, which only waiting tells about
            await asyncio.sleep(WATCH_SECONDS)
        return CommandError(obituary("PostgreSQL s'est arrêté", self.server.log), CRASHED)


@asynccontextmanager
async def brought_up(home: Home, options: Options, screen: Screen) -> AsyncIterator[Platform]:
    """Bring everything up, and end everything afterwards, whatever happens in between.

    Raises CommandError with one clear sentence: home or port taken, a process that ended, no PostgreSQL.
    """
    home.prepare()
    with home.held() as lock:
        ports = choose(options.port, [name for name in COMPONENTS if name != "gateway"])
        credentials = Credentials.of(home)
        # The nursery imports while PostgreSQL starts.
        async with (
            nursery(home, lock, [module_of(name) for name in COMPONENTS]) as processes,
            postgres_of(home, screen) as server,
            _broker(home, options, screen) as bootstrap,
        ):
            layout = Layout(ports, server.admin_dsn, options.transport, bootstrap)
            await _migrated(layout, credentials, screen)
            async with _gateway_database(layout, credentials) as database:
                platform = Platform(home, layout, credentials, processes, server, database)
                running = Running(os.getpid(), ports, layout.admin_dsn, options.transport, bootstrap)
                home.announce(running)
                try:
                    await _started(platform, screen)
                    home.announce(replace(running, processes=processes.pids()))
                    yield platform
                finally:
                    home.withdraw()
                    await processes.stop()


@asynccontextmanager
async def postgres_of(home: Home, screen: Screen) -> AsyncIterator[EmbeddedPostgres]:
    """The running server of this home."""
    server = EmbeddedPostgres(home.root / "postgres")
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
        yield broker.bootstrap
    except kafka.BrokerError as error:
        raise CommandError(f"Apache Kafka : {error}.", CRASHED) from error
    finally:
        await _in_thread(broker.stop)


async def _migrated(layout: Layout, credentials: Credentials, screen: Screen) -> None:
    missing = await behind(layout.admin_dsn, credentials)
    for component in missing:
        with screen.step(f"base {component}"):
            await bring_up(layout.admin_dsn, component, credentials)


@asynccontextmanager
async def _gateway_database(layout: Layout, credentials: Credentials) -> AsyncIterator[Database]:
    """The gateway's database, for what is done beside it: registering clients, saying that the demo data is in."""
    password = credentials.databases["gateway"]["api"]
    database = Database(component_url(layout.admin_dsn, "gateway", "api", password), pool_size=1, name="relais-run")
    try:
        yield database
    finally:
        await database.close()


async def _started(platform: Platform, screen: Screen) -> None:
    """Start the five processes and wait until each answers."""
    with screen.step("cinq processus"):
        await register(platform.gateway_database, demo_clients(), platform.credentials, SystemClock())
        for component in COMPONENTS:
            await platform.processes.start(process_plan(component, platform.layout, platform.credentials))
        await platform.while_up(_all_answer(platform.layout))


async def _all_answer(layout: Layout) -> None:
    await asyncio.gather(*(_answers(layout.url(name), name) for name in COMPONENTS))


async def _answers(url: str, name: str) -> None:
    """Wait until a process is ready; the gateway, which waits for the demo data, until it is alive."""
    path = "/health/live" if name == "gateway" else "/health/ready"
    async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
        try:
            async with asyncio.timeout(READY_SECONDS):
                while not await _is_up(client, path):  # noqa: ASYNC110 - another process has no event to wait on
                    await asyncio.sleep(POLL_SECONDS)
        except TimeoutError:
            raise CommandError(
                f"Le processus « {name} » n'est pas prêt après {READY_SECONDS:.0f} s.", CRASHED
            ) from None


async def _is_up(client: httpx.AsyncClient, path: str) -> bool:
    try:
        return (await client.get(path)).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


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
