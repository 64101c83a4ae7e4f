"""Registering, rotating and revoking clients, and checking the secret of the one that asks for a token."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.adapters import clients, revocations
from gateway.adapters.clients import Jwk, StoredClient
from gateway.application.hashing import Hashing, hash_of
from gateway.application.standing import check_insurer
from gateway.domain.clients import BeyondYours, Client, ClientExists, UnknownClient
from kit.clock import Clock
from kit.db.database import Database, Scope, wake_after
from kit.http.auth import Principal
from kit.http.etag import check_version

# Longer than a token lives: who renews one waits for no turn to be hashed behind those who guess.
VERIFIED_S: Final = 3_600.0
CACHE_SIZE: Final = 5_000
MAX_SECRET: Final = 256
SECRET_BYTES: Final = 32


async def register_client(tx: AsyncConnection, client: Client, secret: str | None, clock: Clock) -> None:
    """Store a client, or replace the one of that id. Without a secret it cannot ask for tokens itself.

    Raises InvalidClient.
    """
    client.check()
    secret_hash = None if secret is None else await hash_of(secret)
    await clients.save(tx, client, secret_hash, clock.instant())


@dataclass(frozen=True, slots=True)
class Rotation:
    """Other proofs of a client. `keep` is how long its former secret stays good; none: it may have leaked."""

    client: str
    version: int
    keys: Sequence[Jwk]
    keep: timedelta


async def add_client(tx: AsyncConnection, client: Client, keys: Sequence[Jwk], clock: Clock, by: str) -> str | None:
    """Register a client that is new; its secret, shown once, unless it proves itself by its keys.

    Raises InvalidClient, UnknownInsurer, ClientExists.
    """
    client.check()
    await check_insurer(tx, client.insurer)
    secret, secret_hash = await _new_secret(keys)
    if not await clients.add(tx, client, secret_hash, keys, now=clock.instant(), by=by):
        raise ClientExists(pointer="/id")
    return secret


async def rotate_client(tx: AsyncConnection, rotation: Rotation, clock: Clock, by: Principal) -> str | None:
    """Give a client a new secret, or other keys; both secrets are good for a while, so that nothing stops.

    Raises UnknownClient, BeyondYours (who learns a secret may act as its client), and 412 when it changed meanwhile.
    """
    stored = await _to_change(tx, rotation.client, rotation.version)
    if not stored.client.scopes <= by.scopes:
        raise BeyondYours
    secret, secret_hash = await _new_secret(rotation.keys)
    now = clock.instant()
    keep_until = now + rotation.keep if rotation.keep else None
    await clients.replace_proofs(
        tx, stored, secret_hash=secret_hash, keys=rotation.keys, keep_until=keep_until, now=now, by=by.client
    )
    wake_after(tx, revocations.CHANNEL)
    return secret


async def revoke_client(tx: AsyncConnection, client_id: str, version: int, clock: Clock, by: str) -> None:
    """Shut a client out: no more tokens, and those it has are refused. Raises UnknownClient, and 412."""
    await _to_change(tx, client_id, version)
    await clients.shut_out(tx, client_id, clock.instant(), by)
    wake_after(tx, revocations.CHANNEL)


async def _to_change(tx: AsyncConnection, client_id: str, version: int) -> StoredClient:
    stored = await clients.locked(tx, client_id)
    if stored is None or not stored.client.active:
        raise UnknownClient
    check_version(version, stored.version)
    return stored


async def _new_secret(keys: Sequence[Jwk]) -> tuple[str | None, str | None]:
    if keys:
        return None, None
    secret = secrets.token_urlsafe(SECRET_BYTES)
    return secret, await hash_of(secret)


class SecretChecker:
    """Checks secrets in the same time whether the client exists or not, and remembers the good ones for a while.

    No connection is held while hashing: a flood of bad secrets leaves the rest of the gateway alone.
    """

    def __init__(self, hashing: Hashing) -> None:
        self._hashing = hashing
        self._key = os.urandom(32)
        # Of a client with a secret: the hash that it had, and until when that is believed.
        self._good: OrderedDict[bytes, tuple[str, float]] = OrderedDict()

    def recognises(self, client_id: str, secret: str) -> bool:
        """Whether this secret was good for this client when it was last shown here."""
        return self._mark(client_id, secret) in self._good

    async def authenticate(self, database: Database, client_id: str, secret: str, clock: Clock) -> Client | None:
        """The client whose secret this is, or None. Raises 503 `identity_busy`."""
        if "\0" in client_id or len(secret) > MAX_SECRET:
            return None
        async with database.transaction(Scope.none()) as tx:
            stored = await clients.find(tx, client_id)
        hashes: list[str] = [] if stored is None else stored.hashes(clock.instant())
        mark = self._mark(client_id, secret)
        good, until = self._good.get(mark, ("", 0.0))
        if good not in hashes or until < monotonic():
            good = await self._good_among(hashes, secret)
            self._good.pop(mark, None)
            if not good:
                return None
            self._good[mark] = (good, monotonic() + VERIFIED_S)
            if len(self._good) > CACHE_SIZE:
                self._good.popitem(last=False)
        return None if stored is None else stored.client

    async def _good_among(self, hashes: list[str], secret: str) -> str:
        """The hash that the secret has, or nothing."""
        for known in hashes or (None,):
            if await self._hashing.is_good(known, secret):
                return known or ""
        return ""

    def _mark(self, client_id: str, secret: str) -> bytes:
        return hmac.new(self._key, f"{client_id}\x00{secret}".encode(), hashlib.sha256).digest()
