"""The clients of a platform on one machine: four that show who may see what, and one per component for the feeds."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.adapters import platform_state
from gateway.application.clients import register_client
from gateway.domain.clients import Client
from gateway.domain.roles import ROLES, STAFF_ONLY
from kit.clock import Clock
from kit.db.database import Database, Scope
from kit.http.auth import SCOPES
from kit.settings import COMPONENTS
from relais.credentials import Credentials, service_client

ACCORDS = Path(__file__).resolve().parents[1] / "examples" / "accords"
HRIS_SCOPES = frozenset(SCOPES) - STAFF_ONLY
FEEDS = frozenset({"events:read"})
PARTNER_SCOPES = ROLES["INSURER"]
# Of an insurer that is authorised to know who the persons of its lots are.
NAMING_SCOPES = PARTNER_SCOPES | {"insured:read"}
REGISTERED = "clients"


@cache
def document(name: str) -> dict[str, Any]:
    """One document of examples/accords."""
    content: dict[str, Any] = yaml.safe_load((ACCORDS / f"{name}.yaml").read_text(encoding="utf-8"))
    return content


def demo_employers() -> frozenset[str]:
    """The SIRETs that the accord binds; demo data, as the accord gives none."""
    return frozenset(employer["siret"] for employer in document("la-roche-sur-yon-2025")["employers"])


def house_clients() -> list[Client]:
    """Those that every installation has: one per component for the feeds, and the centre de gestion's."""
    return [
        Client("demo-staff", "Centre de gestion de démonstration", frozenset(SCOPES), None, assumption=True),
        *(Client(service_client(name), f"Composant {name}", FEEDS, None) for name in COMPONENTS),
    ]


def demo_clients() -> list[Client]:
    """Those of the demonstration: the HRIS of the accord's employers, its insurer, and another insurer."""
    return [
        *house_clients(),
        Client("demo-hris", "SIRH de démonstration", HRIS_SCOPES, demo_employers(), assumption=True),
        Client("demo-insurer-a", "Assureur de démonstration A", NAMING_SCOPES, insurer="demo-a", assumption=True),
        Client("demo-insurer-b", "Assureur de démonstration B", PARTNER_SCOPES, insurer="demo-b", assumption=True),
    ]


async def register(database: Database, clients: Sequence[Client], credentials: Credentials, clock: Clock) -> bool:
    """Register these clients unless they are as they should be; whether there was something to do."""
    wanted = [(described(client), credentials.clients[client.id]) for client in clients]
    async with database.transaction(Scope.all()) as tx:
        if not await is_news(tx, REGISTERED, wanted, clock):
            return False
        for client in clients:
            await register_client(tx, client, credentials.clients[client.id], clock)
    return True


def described(client: Client) -> str:
    """All that is registered of a client, in one text that is the same each time."""
    return repr((client.id, client.name, sorted(client.scopes), sorted(client.employers or ()), client.insurer))


async def is_news(tx: AsyncConnection, what: str, wanted: Iterable[tuple[str, str]], clock: Clock) -> bool:
    """Whether these descriptions, each with its secret, are others than last time; they are remembered.

    As one digest that gives no secret away. What the installation changed since stays as it is.
    """
    digest = hashlib.sha256()
    for text, secret in sorted(wanted):
        digest.update(hmac.digest(secret.encode(), text.encode(), "sha256"))
    if await platform_state.get(tx, what) == digest.hexdigest():
        return False
    await platform_state.put(tx, what, digest.hexdigest(), clock.instant())
    return True
