"""A platform put together once its PostgreSQL runs: databases, clients, processes, demo data.

What is imported here is heavy. The command imports it in a thread, while the nursery imports the components.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import httpx

from kit.clock import SystemClock
from kit.db.backup import clear
from kit.db.database import Database
from kit.db.provision import component_url
from kit.http.outgoing import trust
from kit.settings import COMPONENTS
from relais.api import Refused, TooLate
from relais.clients import demo_clients, register
from relais.credentials import Credentials
from relais.databases import behind, bring_up
from relais.errors import CommandError
from relais.home import Home, Running
from relais.persons import register_persons
from relais.plan import SERVICES, Layout, process_plan
from relais.ports import choose
from relais.postgres import EmbeddedPostgres
from relais.processes import CRASHED, Processes, obituary
from relais.screen import Screen
from relais.seed import SEEN_ON, Seed, load_once
from rules.book import RuleBook

T = TypeVar("T")
READY_SECONDS = 90.0
POLL_SECONDS = 0.05
WATCH_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Ground:
    """What a platform stands on: its home, its database server, its broker, and a nursery for its processes."""

    home: Home
    server: EmbeddedPostgres
    processes: Processes
    port: int
    transport: str
    bootstrap: str


@dataclass(frozen=True, slots=True)
class Platform:
    """A platform that is up: where it listens, and the processes to watch."""

    ground: Ground
    layout: Layout
    credentials: Credentials
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
        ends = [
            asyncio.ensure_future(end)
            for end in (self.ground.processes.until_one_ends(), self._until_the_server_ends())
        ]
        try:
            done, _ = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            return next(iter(done)).result()
        finally:
            for end in ends:
                end.cancel()

    async def _until_the_server_ends(self) -> CommandError:
        while self.ground.server.pid is not None:  # noqa: ASYNC110 - a child of ours, which only waiting tells about
            await asyncio.sleep(WATCH_SECONDS)
        return CommandError(obituary("PostgreSQL s'est arrêté", self.ground.server.log), CRASHED)


@asynccontextmanager
async def assembled(ground: Ground, screen: Screen) -> AsyncIterator[Platform]:
    """Databases migrated, clients registered, five processes that answer; the processes are ended afterwards.

    Raises CommandError with one clear sentence.
    """
    home, processes = ground.home, ground.processes
    credentials = Credentials.of(home)
    layout = Layout(choose(ground.port, SERVICES), ground.server.admin_dsn, ground.transport, ground.bootstrap)
    await _migrated(layout, credentials, screen)
    async with _gateway_database(layout, credentials) as database:
        platform = Platform(ground, layout, credentials, database)
        running = Running(os.getpid(), layout.ports, layout.admin_dsn, layout.transport, layout.kafka_bootstrap)
        home.announce(running)
        try:
            await _started(platform, screen)
            home.announce(replace(running, processes=processes.pids()))
            yield platform
        finally:
            home.withdraw()
            await processes.stop()


async def with_demo_data(platform: Platform, screen: Screen) -> None:
    """Load the demo data unless it is in. Raises CommandError when the platform refuses it, or ends meanwhile."""
    point = RuleBook.load().at("index_point.yearly", SEEN_ON).value
    seed = Seed(platform.layout.gateway, platform.credentials.clients, point)
    try:
        with screen.step("données de démonstration"):
            await platform.while_up(load_once(seed, platform.gateway_database))
    except (Refused, TooLate) as error:
        raise CommandError(f"Les données de démonstration ne se chargent pas : {error}", CRASHED) from error


async def _migrated(layout: Layout, credentials: Credentials, screen: Screen) -> None:
    await clear(layout.admin_dsn, COMPONENTS)
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
        await register_persons(platform.gateway_database, platform.credentials.demo_password, SystemClock())
        for component in COMPONENTS:
            await platform.ground.processes.start(process_plan(component, platform.layout, platform.credentials))
        await platform.while_up(_all_answer(platform.layout))


async def _all_answer(layout: Layout) -> None:
    await asyncio.gather(*(_answers(layout.url(name), name) for name in COMPONENTS))


async def _answers(url: str, name: str) -> None:
    """Wait until a process is ready; the gateway, which waits for the demo data, until it is alive."""
    path = "/health/live" if name == "gateway" else "/health/ready"
    async with httpx.AsyncClient(base_url=url, trust_env=False, verify=trust()) as client:
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
