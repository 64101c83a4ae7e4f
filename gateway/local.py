"""What the one-machine command does with the gateway's database directly: seed clients, make a token, say it is ready.

Each function opens the database of the settings (role api), does one thing and closes it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.adapters import clients
from gateway.application.clients import register_client
from gateway.application.keys import ensure_signing_key, private_key
from gateway.application.readiness import mark_demo_loaded
from gateway.application.standing import standing
from gateway.application.tokens import Issuer, issue_token
from gateway.domain.clients import Client, InvalidClient
from kit.clock import Clock, SystemClock
from kit.crypto import KeyRing
from kit.db.database import Database, Scope
from kit.settings import Settings


@asynccontextmanager
async def _transaction(settings: Settings) -> AsyncIterator[AsyncConnection]:
    database = Database(settings.database_url, pool_size=1, name="gateway-local")
    try:
        async with database.transaction(Scope.all()) as tx:
            yield tx
    finally:
        await database.close()


async def seed_clients(
    settings: Settings, registrations: Iterable[tuple[Client, str | None]], clock: Clock | None = None
) -> None:
    """Register clients with their secrets; those of the same id are replaced. Raises InvalidClient."""
    async with _transaction(settings) as tx:
        for client, secret in registrations:
            await register_client(tx, client, secret, clock or SystemClock())


async def move_client(
    settings: Settings, client_id: str, employers: frozenset[str], clock: Clock | None = None
) -> None:
    """Let a client stand for other employers, its secret unchanged. Tokens it holds run out by themselves."""
    async with _transaction(settings) as tx:
        await clients.move(tx, client_id, employers, (clock or SystemClock()).instant())


async def token(settings: Settings, client_id: str, clock: Clock | None = None) -> str:
    """A token of a registered client, without its secret. Raises InvalidClient when there is none."""
    assert settings.key_ring is not None, "the key ring opens the signing key"
    ring, clock = KeyRing.parse(settings.key_ring.get_secret_value()), clock or SystemClock()
    async with _transaction(settings) as tx:
        stored = await clients.find(tx, client_id)
        key = await ensure_signing_key(tx, ring, clock)
        client = None if stored is None else await standing(tx, stored.client, clock.day())
    if client is None:
        raise InvalidClient(pointer="/id", detail_fr="Client inconnu.", detail_en="Unknown client.")
    return issue_token(client, private_key(ring, key), Issuer(settings.issuer, settings.audience, clock))


async def set_demo_loaded(settings: Settings, clock: Clock | None = None) -> None:
    """From now on the gateway is ready as soon as its services are."""
    async with _transaction(settings) as tx:
        await mark_demo_loaded(tx, clock or SystemClock())
