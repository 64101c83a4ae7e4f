"""The gateway on a real database, in front of a real service, on real ports."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest
from pydantic import SecretStr

from gateway.application.clients import register_client
from gateway.domain.clients import Client
from gateway.local import token
from gateway.main import Gateway, create_app
from gateway.routes import SERVICES
from gateway.settings import GatewaySettings
from kit.clock import SystemClock
from kit.crypto import KeyRing
from kit.db.database import Scope
from kit.http.auth import SCOPES
from relais.ports import free_port
from tests.gateway.upstream import Upstream
from tests.kit.http.serving import running
from tests.postgres import ComponentDatabase, DatabaseFactory, SessionPostgres

MINE, OTHER = "73282932000074", "35600000049837"
SECRET = "correct horse battery staple"
EVERYTHING = frozenset(SCOPES)
PARTNER = frozenset({"events:read", "webhooks:read", "webhooks:write"})
CLIENTS = (
    Client("demo-hris", "Logiciel de paie", EVERYTHING, frozenset({MINE})),
    Client("other-hris", "Autre logiciel", EVERYTHING, frozenset({OTHER})),
    Client("two-employers", "Éditeur", EVERYTHING, frozenset({MINE, OTHER})),
    Client("insurer-a", "Assureur A", PARTNER, insurer="demo-a"),
    Client("insurer-b", "Assureur B", PARTNER, insurer="demo-b"),
    Client("staff", "Centre de gestion", EVERYTHING, None),
    Client("reader", "Lecture seule", frozenset({"agents:read"}), frozenset({MINE})),
)


@dataclass
class Door:
    """The gateway, a client of it, the service behind it, its database."""

    gateway: Gateway
    http: httpx.AsyncClient
    upstream: Upstream
    database: ComponentDatabase
    settings: GatewaySettings

    async def bearer(self, client: str = "demo-hris") -> dict[str, str]:
        return {"authorization": f"Bearer {await token(self.settings, client)}"}


@pytest.fixture(scope="session")
async def served_door(postgres: SessionPostgres) -> AsyncIterator[Door]:
    component = await postgres.component("gateway")
    upstream, port = Upstream(), free_port()
    async with running(upstream.app) as behind:
        issuer = f"http://127.0.0.1:{port}"
        settings = GatewaySettings(
            **component.settings.model_dump()
            | {
                "component": "gateway",
                "role": "api",
                "issuer": issuer,
                "producers": dict.fromkeys(SERVICES, behind),
                "webhook_networks": ("127.0.0.0/8",),
                "attempts_per_second": 0.0,  # tests all come from one address
                "key_ring": SecretStr(KeyRing.generate("tests")),
            }
        )
        gateway = create_app(settings)
        async with running(gateway, port=port) as url, httpx.AsyncClient(base_url=url, timeout=20) as http:
            yield Door(gateway, http, upstream, component, settings)


@pytest.fixture
async def door(served_door: Door, database: DatabaseFactory) -> Door:
    """The gateway, its database emptied, its clients registered."""
    state = served_door.gateway.state
    await state.activity.flush()  # what another test's clients asked is written before the tables are emptied
    await database("gateway")
    state.signer._read_at = float("-inf")  # the keys went with the rest
    state.verifier._keys = None
    served_door.upstream.ready = True
    served_door.upstream.streamed.clear()
    async with served_door.database.worker.transaction(Scope.all()) as tx:
        for client in CLIENTS:
            await register_client(tx, client, None, SystemClock())
    await state.revocations.read()  # who was shut out by another test is let in again
    return served_door
