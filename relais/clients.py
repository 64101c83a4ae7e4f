"""The clients of a platform on one machine: four that show who may see what, and one per component for the feeds."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from gateway.adapters import platform_state
from gateway.application.clients import register_client
from gateway.domain.clients import Client
from kit.clock import Clock
from kit.db.database import Database, Scope
from kit.http.auth import SCOPES
from kit.settings import COMPONENTS
from relais.credentials import Credentials, service_client

ACCORDS = Path(__file__).resolve().parents[1] / "examples" / "accords"
STAFF_ONLY = frozenset({"organisations:write", "agreements:write", "audit:read", "clients:read", "clients:write"})
HRIS_SCOPES = frozenset(SCOPES) - STAFF_ONLY
FEEDS = frozenset({"events:read"})
PARTNER_SCOPES = FEEDS | {"webhooks:read", "webhooks:write"}
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
        Client("demo-insurer-a", "Assureur de démonstration A", PARTNER_SCOPES, insurer="demo-a", assumption=True),
        Client("demo-insurer-b", "Assureur de démonstration B", PARTNER_SCOPES, insurer="demo-b", assumption=True),
    ]


async def register(database: Database, clients: Sequence[Client], credentials: Credentials, clock: Clock) -> bool:
    """Register these clients unless they are as they should be; whether there was something to do."""
    wanted = _digest(clients, credentials)
    async with database.transaction(Scope.all()) as tx:
        if await platform_state.get(tx, REGISTERED) == wanted:
            return False
        for client in clients:
            await register_client(tx, client, credentials.clients[client.id], clock)
        await platform_state.put(tx, REGISTERED, wanted, clock.instant())
    return True


def _digest(clients: Iterable[Client], credentials: Credentials) -> str:
    """What was registered, in one word that gives no secret away."""
    digest = hashlib.sha256()
    for client in sorted(clients, key=lambda c: c.id):
        secret = credentials.clients[client.id]
        described = repr(
            (client.id, client.name, sorted(client.scopes), sorted(client.employers or ()), client.insurer)
        )
        digest.update(hmac.digest(secret.encode(), described.encode(), "sha256"))
    return digest.hexdigest()
