"""Registering clients, and checking the secret of the one that asks for a token."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import os
from collections import OrderedDict
from time import monotonic
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.adapters import clients
from gateway.domain.clients import Client
from kit.clock import Clock

HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)  # OWASP's figures for argon2id
VERIFIED_S: Final = 300.0
CACHE_SIZE: Final = 5_000
MAX_SECRET: Final = 256
# Argon2 takes 19 MiB and a core for 20 ms: bounded, so that a flood of bad secrets cannot stop the rest.
CONCURRENT_HASHES: Final = 2


async def register_client(tx: AsyncConnection, client: Client, secret: str | None, clock: Clock) -> None:
    """Store a client, or replace the one of that id. Without a secret it cannot ask for tokens itself.

    Raises InvalidClient.
    """
    client.check()
    secret_hash = None if secret is None else await asyncio.to_thread(HASHER.hash, secret)
    await clients.save(tx, client, secret_hash, clock.instant())


class SecretChecker:
    """Checks secrets in the same time whether the client exists or not, and remembers the good ones for a while."""

    def __init__(self) -> None:
        self._key = os.urandom(32)
        self._good: OrderedDict[bytes, float] = OrderedDict()
        self._slots = asyncio.Semaphore(CONCURRENT_HASHES)
        self._nobody = HASHER.hash(os.urandom(16).hex())

    async def authenticate(self, tx: AsyncConnection, client_id: str, secret: str) -> Client | None:
        """The client whose secret this is, or None."""
        stored = await clients.find(tx, client_id)
        known = None if stored is None else stored.secret_hash
        good = len(secret) <= MAX_SECRET and await self._is_good(known or self._nobody, secret)
        return stored.client if good and stored is not None and known is not None else None

    async def _is_good(self, secret_hash: str, secret: str) -> bool:
        # The stored hash is part of the key: a changed secret is forgotten at once.
        mark = hmac.new(self._key, f"{secret_hash}\x00{secret}".encode(), hashlib.sha256).digest()
        if self._good.get(mark, 0.0) > monotonic():
            return True
        async with self._slots:
            good = await asyncio.to_thread(_verify, secret_hash, secret)
        if good:
            self._good[mark] = monotonic() + VERIFIED_S
            if len(self._good) > CACHE_SIZE:
                self._good.popitem(last=False)
        return good


def _verify(secret_hash: str, secret: str) -> bool:
    try:
        return HASHER.verify(secret_hash, secret)
    except (Argon2Error, InvalidHashError):
        return False
