"""The signing keys of the platform: one that signs, those that may still verify."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any, Final

from joserfc.jwk import ECKey
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.adapters import signing_keys
from gateway.adapters.signing_keys import StoredKey
from kit.clock import Clock
from kit.crypto import KeyRing
from kit.http.identity import ALGORITHM

TOKEN_LIFE: Final = timedelta(minutes=10)
# A retired key stays published as long as a token it signed may be shown, and a cache may hold it.
PUBLISHED_AFTER_RETIREMENT: Final = TOKEN_LIFE + timedelta(hours=1)
# A new key is published this long before it signs: every process of the gateway reads keys again within 30 s
# (signer.REFRESH_S), and verifiers ask at most every 10 s for a key they do not know (kit.http.identity.REFRESH_S).
PUBLISHED_BEFORE_USE: Final = timedelta(seconds=60)


async def ensure_signing_key(tx: AsyncConnection, ring: KeyRing, clock: Clock) -> StoredKey:
    """The key that signs, made on first use."""
    found = await signing_keys.current(tx, clock.instant())
    if found is not None:
        return found
    await signing_keys.lock(tx)
    return await signing_keys.current(tx, clock.instant()) or await _new(tx, ring, clock, timedelta())


async def rotate_signing_key(
    tx: AsyncConnection, ring: KeyRing, clock: Clock, ahead: timedelta = PUBLISHED_BEFORE_USE
) -> StoredKey:
    """A new key, published now, that signs once everybody can know it; the former one signs until then and verifies
    until its last token has expired.
    """
    await signing_keys.lock(tx)
    return await _new(tx, ring, clock, ahead)


async def jwks(tx: AsyncConnection, clock: Clock) -> dict[str, Any]:
    """The public keys, as the document of RFC 7517."""
    keys = await signing_keys.published(tx, clock.instant() - PUBLISHED_AFTER_RETIREMENT)
    return {"keys": [key.public for key in keys]}


def private_key(ring: KeyRing, stored: StoredKey) -> ECKey:
    """The private key of a stored one. Raises kit.crypto.Undecipherable when the ring does not open it."""
    return ECKey.import_key(json.loads(ring.decrypt(stored.sealed, _place(stored.kid))))


async def _new(tx: AsyncConnection, ring: KeyRing, clock: Clock, ahead: timedelta) -> StoredKey:
    key = ECKey.generate_key("P-256", {"use": "sig", "alg": ALGORITHM}, private=True, auto_kid=True)
    kid = key.kid
    assert kid is not None, "auto_kid gives one"
    sealed = ring.encrypt(json.dumps(key.as_dict(private=True)).encode(), _place(kid))
    public = {name: str(value) for name, value in key.as_dict(private=False).items()}
    now = clock.instant()
    stored = StoredKey(kid, sealed, public, now, now + ahead)
    await signing_keys.add(tx, stored)
    return stored


def _place(kid: str) -> str:
    return f"signing_key.sealed:{kid}"
