"""The whole platform inside one test process: a real PostgreSQL, five applications on loopback ports, one rule book.

    def test_…(platform: TestPlatform) -> None:
        hris = platform.api("demo-hris")

The rule book is injected into every component, can be exchanged (`platform.book.now_reads`) and remembers what is read.
"""

from __future__ import annotations

import asyncio
import secrets
import socket
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import date
from importlib import import_module
from typing import Any

import httpx
from fastapi import FastAPI
from pydantic import SecretStr
from relais_client import Relais

from gateway.settings import GatewaySettings
from kit.clock import SystemClock
from kit.crypto import KeyRing
from kit.http.server import Server, server_config
from kit.settings import COMPONENTS, Component, Settings
from relais.api import Api
from relais.clients import demo_clients, register
from relais.credentials import DEMO_CLIENTS, Credentials, service_client
from relais.persons import register_persons
from relais.ports import LOOPBACK
from relais.seed import SEEN_ON, Seed, load_accord
from rules.book import RuleBook, RuleValue
from rules.loading import Rule
from tests.postgres import SessionPostgres
from tests.services.agreements.relay import SENDER, Post, post_office

CreateApp = Callable[..., FastAPI]
PATIENCE_SECONDS = 20.0
PASSWORD = "the people of the demonstration"


class SwitchableBook(RuleBook):
    """A rule book that stands for another one, which may change, and remembers which values were asked of it."""

    __slots__ = ("asked", "current")

    def __init__(self, current: RuleBook) -> None:
        self.current = current
        self.asked: dict[tuple[str, date], RuleValue] = {}

    @property
    def version(self) -> str:  # type: ignore[override]  # an attribute of the book it stands for
        return self.current.version

    def at(self, rule_id: str, day: date) -> RuleValue:
        value = self.current.at(rule_id, day)
        self.asked.setdefault((rule_id, value.start), value)
        return value

    def rule(self, rule_id: str) -> Rule:
        return self.current.rule(rule_id)

    def holding(self, kept: Iterable[Mapping[str, str]]) -> RuleBook:
        return self.current.holding(kept)

    def packed(self, value: RuleValue) -> dict[str, str]:
        return self.current.packed(value)

    def __iter__(self) -> Iterator[Rule]:
        return iter(self.current)

    def __len__(self) -> int:
        return len(self.current)

    def __contains__(self, rule_id: object) -> bool:
        return rule_id in self.current

    @contextmanager
    def now_reads(self, other: RuleBook) -> Iterator[None]:
        """Another book, for a while."""
        before, self.current = self.current, other
        try:
            yield
        finally:
            self.current = before


class _Server(Server):
    """A server that leaves the signals of the test process alone."""

    def capture_signals(self) -> Any:
        return nullcontext()


@dataclass(slots=True)
class TestPlatform:
    """The platform that is up; `apps` are the applications by component."""

    __test__ = False

    gateway: str
    urls: dict[str, str]
    clients: dict[str, str]
    book: SwitchableBook
    apps: dict[str, Any]
    postgres: SessionPostgres
    post: Post
    servers: list[tuple[_Server, asyncio.Task[None]]] = field(default_factory=list)

    def api(self, client: str, *, patience: float = PATIENCE_SECONDS) -> Api:
        """A client of the gateway. It blocks: call it in a thread (`asyncio.to_thread`)."""
        return Api(self.gateway, client, self.clients[client], patience=patience)

    def typed(self, client: str) -> Relais:
        """The same as outsiders have it, from contracts/python."""
        http = httpx.Client(trust_env=False, timeout=PATIENCE_SECONDS)
        return Relais(self.gateway, client=client, secret=self.clients[client], http=http)

    async def stop(self) -> None:
        for server, _ in self.servers:
            server.should_exit = True
        await asyncio.gather(*(task for _, task in self.servers), return_exceptions=True)


@asynccontextmanager
async def running_platform() -> AsyncIterator[TestPlatform]:
    """Bring everything up on free ports with the accord in force, and end it."""
    postgres = SessionPostgres.start()
    try:
        async with post_office() as post:
            platform = await _assembled(postgres, post)
            try:
                await asyncio.to_thread(_load_accord, platform)
                yield platform
            finally:
                await platform.stop()
    finally:
        await postgres.stop()


async def _assembled(postgres: SessionPostgres, post: Post) -> TestPlatform:
    sockets = {name: _listening() for name in COMPONENTS}
    urls: dict[str, str] = {name: f"http://{LOOPBACK}:{sockets[name].getsockname()[1]}" for name in COMPONENTS}
    clients = {name: secrets.token_urlsafe(16) for name in [*DEMO_CLIENTS, *map(service_client, COMPONENTS)]}
    book = SwitchableBook(RuleBook.load())
    platform = TestPlatform(urls["gateway"], urls, clients, book, {}, postgres, post)
    await _register(platform)
    for name in COMPONENTS:
        settings = await _settings(name, platform)
        platform.apps[name] = _create_app(name)(settings, rules=book)
    for name in COMPONENTS:
        server = _Server(server_config(platform.apps[name]))
        task = asyncio.create_task(server.serve([sockets[name]]), name=f"uvicorn-{name}")
        platform.servers.append((server, task))
    await asyncio.gather(*(_started(server, task) for server, task in platform.servers))
    return platform


async def _started(server: _Server, task: asyncio.Task[None]) -> None:
    async with asyncio.timeout(60):
        while not server.started:
            assert not task.done(), f"{task.get_name()} ended while it started: {task.exception()}"
            await asyncio.sleep(0.01)


async def _register(platform: TestPlatform) -> None:
    database = await platform.postgres.component("gateway")
    credentials = Credentials(databases={}, clients=platform.clients, key_rings={})
    await register(database.api, demo_clients(), credentials, SystemClock())
    await register_persons(database.api, PASSWORD, SystemClock())


def _load_accord(platform: TestPlatform) -> None:
    with platform.api("demo-staff") as staff:
        load_accord(staff)


async def load_population(platform: TestPlatform) -> None:
    """The demo's own agents, as `relais run` loads them."""
    point = platform.book.current.at("index_point.yearly", SEEN_ON).value
    await asyncio.to_thread(Seed(platform.gateway, platform.clients, point).load)


async def _settings(component: Component, platform: TestPlatform) -> Settings:
    database = await platform.postgres.component(component)
    settings = database.settings.model_copy(
        update={
            "component": component,
            "producers": {name: url for name, url in platform.urls.items() if name != "gateway"},
            "issuer": platform.gateway,
            "jwks_url": f"{platform.gateway}/.well-known/jwks.json",
            "token_url": f"{platform.gateway}/oauth/token",
            "client_id": service_client(component),
            "client_secret": SecretStr(platform.clients[service_client(component)]),
            "key_ring": SecretStr(KeyRing.generate("test")),
            "mail_relay": SecretStr(platform.post.url),
            "mail_sender": SENDER,
        }
    )
    # All tests come from one address, and some prove nothing on purpose.
    return GatewaySettings(**dict(settings), attempts_per_second=0) if component == "gateway" else settings


def _create_app(component: Component) -> CreateApp:
    module = import_module("gateway.main" if component == "gateway" else f"services.{component}.main")
    create: CreateApp = module.create_app
    return create


def _listening() -> socket.socket:
    found = socket.socket()
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    found.bind((LOOPBACK, 0))
    return found
