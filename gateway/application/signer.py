"""The key in use, in memory: read when the process starts, and again now and then, as another process may rotate it."""

from __future__ import annotations

from time import monotonic
from typing import Any, Final

from joserfc.jwk import ECKey, KeySet
from sqlalchemy.exc import SQLAlchemyError

from gateway.application.keys import ensure_signing_key, jwks, private_key
from kit.clock import Clock
from kit.crypto import KeyRing
from kit.db.database import Database, Scope
from kit.http.identity import public_keys

REFRESH_S: Final = 30.0


class Signer:
    """Signs with the current key, and is the gateway's own source of public keys (kit.http.identity.KeySource)."""

    def __init__(self, database: Database, ring: KeyRing, clock: Clock) -> None:
        self._database, self._ring, self._clock = database, ring, clock
        self._key: ECKey | None = None
        self._jwks: dict[str, Any] = {"keys": []}
        self._read_at = -REFRESH_S

    async def key(self) -> ECKey:
        await self._refresh()
        assert self._key is not None, "refresh reads it or raises"
        return self._key

    async def jwks(self) -> dict[str, Any]:
        """The public document."""
        await self._refresh()
        return self._jwks

    async def read(self) -> KeySet:
        return public_keys(await self.jwks())

    async def close(self) -> None:
        """Nothing of its own to close: the database is the application's."""

    async def _refresh(self) -> None:
        """Read the keys when they are old; a database out of reach leaves those in memory in use."""
        if monotonic() - self._read_at < REFRESH_S:
            return
        try:
            async with self._database.transaction(Scope.none()) as tx:
                stored = await ensure_signing_key(tx, self._ring, self._clock)
                self._jwks = await jwks(tx, self._clock)
        except (SQLAlchemyError, ConnectionError, TimeoutError):
            if self._key is None:
                raise
        else:
            self._key = private_key(self._ring, stored)
        self._read_at = monotonic()
