"""The gateway of the benchmark: a process of its own with every policy on, on a database that waits for its disk."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from pydantic import SecretStr

from gateway.domain.clients import Client
from gateway.local import seed_clients, token
from gateway.routes import SERVICES
from gateway.settings import GatewaySettings
from kit.crypto import KeyRing
from kit.db.migrate import upgrade
from kit.db.provision import ROLE_KINDS, component_url, provision
from relais.ports import LOOPBACK, free_port
from relais.postgres import EmbeddedPostgres
from tests.bench.cost import open_folder
from tests.bench.gateway_peers import serving

_READING_FEEDS: Final = frozenset({"events:read"})
# Two insurers: the feed of one is of agents, that of the other of nobody.
OF_AGENTS: Final = Client("bench-of-agents", "Banc d'essai", _READING_FEEDS, insurer="of-agents")
OF_NOBODY: Final = Client("bench-of-nobody", "Banc d'essai", _READING_FEEDS, insurer="of-nobody")
CLIENT: Final = Client("bench", "Banc d'essai", frozenset({"agents:read", "agreements:read"}), None)
# Counted and leased as in production, and never reached.
RATE: Final = 100_000.0


@dataclass(frozen=True, slots=True)
class Doors:
    """What all doors of one run share: the database with its client and keys, an issuer's name."""

    folder: Path
    settings: GatewaySettings
    admin_dsn: str

    @classmethod
    @asynccontextmanager
    async def opened(cls) -> AsyncIterator[Self]:
        folder = open_folder()
        server = EmbeddedPostgres(folder / "postgres", settings={})
        server.start()
        try:
            await provision(server.admin_dsn, "gateway", dict.fromkeys(ROLE_KINDS, "secret"))
            urls = {kind: component_url(server.admin_dsn, "gateway", kind, "secret") for kind in ROLE_KINDS}
            await upgrade(urls["migrator"], "gateway")
            settings = GatewaySettings(
                component="gateway",
                role="api",
                database_url=SecretStr(urls["api"]),
                worker_database_url=SecretStr(urls["worker"]),
                key_ring=SecretStr(KeyRing.generate("bench")),
                rate_per_second=RATE,
            )
            await seed_clients(
                settings.model_copy(update={"database_url": SecretStr(urls["worker"])}),
                [(one, None) for one in (CLIENT, OF_AGENTS, OF_NOBODY)],
            )
            yield cls(folder, settings, server.admin_dsn)
        finally:
            server.stop()
            shutil.rmtree(folder, ignore_errors=True)

    async def token(self, client: Client = CLIENT) -> str:
        return await token(self.settings, client.id)

    @contextmanager
    def door(self, upstream: str) -> Iterator[str]:
        """The gateway in front of `upstream`."""
        port, given = free_port(), self.settings
        assert given.worker_database_url is not None
        assert given.key_ring is not None
        environment = {name: value for name, value in os.environ.items() if not name.startswith("RELAIS_")} | {
            "RELAIS_ROLE": "api",
            "RELAIS_HOST": LOOPBACK,
            "RELAIS_PORT": str(port),
            "RELAIS_ISSUER": given.issuer,
            "RELAIS_DATABASE_URL": given.database_url.get_secret_value(),
            "RELAIS_WORKER_DATABASE_URL": given.worker_database_url.get_secret_value(),
            "RELAIS_KEY_RING": given.key_ring.get_secret_value(),
            "RELAIS_RATE_PER_SECOND": str(given.rate_per_second),
            "RELAIS_PRODUCERS": json.dumps(dict.fromkeys(SERVICES, upstream)),
        }
        with serving([sys.executable, "-m", "gateway.main"], port, environment) as url:
            yield url
