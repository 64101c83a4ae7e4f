"""A platform whose every process may be killed and comes back: api and worker of each component, PostgreSQL, Kafka."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Final, Literal

import httpx

from deploy.kafka.broker import Broker
from deploy.kafka.topics import create, declared
from kit.clock import SystemClock
from kit.db.database import Database
from kit.db.provision import component_url
from kit.settings import COMPONENTS, Component
from relais.clients import demo_clients, register
from relais.credentials import Credentials
from relais.databases import bring_up
from relais.home import Home
from relais.plan import SERVICES, Layout, process_plan
from relais.platform import COMPONENTS as IMPORTED
from relais.platform import INSURERS
from relais.ports import choose, free_port
from relais.postgres import EmbeddedPostgres
from relais.processes import Processes, ProcessPlan, nursery
from tests.waiting import eventually

Kind = Literal["api", "worker", "gateway", "postgres", "kafka"]
KINDS: Final[tuple[Kind, ...]] = ("api", "worker", "gateway", "postgres", "kafka")
READY_SECONDS: Final = 90.0


@dataclass(frozen=True, slots=True)
class Victims:
    """What may be killed, and how it is started again."""

    server: EmbeddedPostgres
    broker: Broker
    processes: Processes
    layout: Layout
    credentials: Credentials

    def plan(self, component: Component, role: str) -> ProcessPlan:
        """An api listens where the layout says, a worker where it likes."""
        plan = process_plan(component, self.layout, self.credentials)
        own = {"RELAIS_ROLE": role} | ({"RELAIS_PORT": "0"} if role == "worker" else {})
        return replace(plan, name=f"{component}-{role}", environment={**plan.environment, **own})

    async def start(self) -> None:
        """Every process, until all that listen are ready."""
        for component in COMPONENTS:
            for role in ("api", "worker"):
                await self.processes.start(self.plan(component, role))
        await asyncio.gather(*(self._listens(component) for component in COMPONENTS))

    async def kill(self, kind: Kind, chance: Random) -> str:
        """SIGKILL one of a kind, and start it again; its name."""
        if kind == "postgres":
            return await asyncio.to_thread(self._restart_server)
        if kind == "kafka":
            return await asyncio.to_thread(self._restart_broker)
        component: Component = "gateway" if kind == "gateway" else chance.choice(SERVICES)
        plan = self.plan(component, "worker" if kind == "worker" else "api")
        pid = self.processes.pids()[plan.name]
        os.kill(pid, signal.SIGKILL)
        await eventually(lambda: _is_gone(pid), f"the end of {plan.name}")
        await self.processes.start(plan)
        return plan.name

    def _restart_server(self) -> str:
        pid = self.server.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        self.server.stop()
        self.server.start()
        return "postgres"

    def _restart_broker(self) -> str:
        self.broker.kill()
        self.broker.start()
        return "kafka"

    async def _listens(self, component: Component) -> None:
        path = "/health/live" if component == "gateway" else "/health/ready"
        async with httpx.AsyncClient(base_url=self.layout.url(component), trust_env=False) as http:

            async def answers() -> bool:
                try:
                    return (await http.get(path)).is_success
                except httpx.TransportError:
                    return False

            await eventually(answers, component, READY_SECONDS)


async def _is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


@asynccontextmanager
async def victims(folder: Path) -> AsyncIterator[Victims]:
    """All of them up, with databases migrated and the demo's clients known; all ended afterwards."""
    home = Home(folder)
    home.prepare()
    server, broker = EmbeddedPostgres(folder / "postgres", port=free_port()), Broker(folder / "kafka")
    try:
        await asyncio.gather(asyncio.to_thread(server.start), asyncio.to_thread(broker.start))
        await create(broker.bootstrap, declared(INSURERS), replication=1)
        credentials = Credentials.made(home)
        layout = Layout(choose(free_port(), SERVICES), server.admin_dsn, "kafka", broker.bootstrap)
        for component in COMPONENTS:
            await bring_up(layout.admin_dsn, component, credentials)
        gateway = Database(component_url(layout.admin_dsn, "gateway", "api", credentials.databases["gateway"]["api"]))
        await register(gateway, demo_clients(), credentials, SystemClock())
        await gateway.close()
        with home.held() as lock:
            async with nursery(home, lock, [IMPORTED]) as processes:
                found = Victims(server, broker, processes, layout, credentials)
                await found.start()
                yield found
    finally:
        broker.stop()
        server.stop()
