"""`private_key_jwt`: a client proves who it is by signing with a key whose public half was registered (RFC 7523).

ES256 only. The assertion names the client as issuer and subject and this token endpoint as audience, lives five minutes
at most, and serves once.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.adapters import clients, revocations
from gateway.adapters.clients import Jwk
from gateway.domain.clients import Client, InvalidClient
from kit.clock import Clock
from kit.http.identity import ALGORITHM, LEEWAY_S

TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
MAX_ASSERTION: Final = 4_096
MAX_LIFE_S: Final = 300
MAX_JTI: Final = 128
MAX_KEYS: Final = 5
MAX_KID: Final = 128
_PUBLIC: Final = frozenset({"kty", "crv", "x", "y", "kid", "use", "alg"})
Claims = Mapping[str, Any]


def public_keys_of(given: Sequence[Mapping[str, Any]]) -> tuple[Jwk, ...]:
    """Keys to register, as they are stored. Raises InvalidClient: not P-256, a private half, no id, an id twice."""
    if len(given) > MAX_KEYS:
        raise InvalidClient(pointer="/keys")
    found: dict[str, Jwk] = {}
    for number, key in enumerate(given):
        place, kid = f"/keys/{number}", key.get("kid")
        if not isinstance(kid, str) or not 0 < len(kid) <= MAX_KID or kid in found or key.keys() - _PUBLIC:
            raise InvalidClient(pointer=place)
        if (key.get("kty"), key.get("crv"), key.get("use", "sig"), key.get("alg", ALGORITHM)) != (
            "EC",
            "P-256",
            "sig",
            ALGORITHM,
        ):
            raise InvalidClient(pointer=place)
        coordinates = {name: str(key.get(name, "")) for name in ("x", "y")}
        found[kid] = {"kty": "EC", "crv": "P-256", **coordinates, "kid": kid, "use": "sig", "alg": ALGORITHM}
        try:
            ECKey.import_key(dict(found[kid])).public_key  # noqa: B018 - the point is checked to be on the curve
        except (JoseError, ValueError, TypeError):
            raise InvalidClient(pointer=place) from None
    return tuple(found.values())


async def authenticate(tx: AsyncConnection, assertion: str, audiences: Collection[str], clock: Clock) -> Client | None:
    """The client that signed this assertion, or None."""
    client_id = claimed(assertion)
    stored = None if client_id is None else await clients.find(tx, client_id)
    if client_id is None or stored is None:
        return None
    claims = _verified(assertion, stored.keys)
    now = clock.instant()
    expires = None if claims is None else _expiry(claims, client_id, audiences, int(now.timestamp()))
    if claims is None or expires is None:
        return None
    first = await revocations.use_assertion(
        tx, client_id, claims["jti"], datetime.fromtimestamp(expires + LEEWAY_S, UTC)
    )
    return stored.client if first else None


def claimed(assertion: str) -> str | None:
    """Who it says it is of; nothing of it is believed before its signature is checked."""
    if len(assertion) > MAX_ASSERTION:
        return None
    try:
        content = json.loads(jws.extract_compact(assertion.encode("ascii")).payload or b"")
    except (JoseError, ValueError, RecursionError):
        return None
    subject = content.get("sub") if isinstance(content, dict) else None
    return subject if isinstance(subject, str) and subject.isprintable() else None


def _verified(assertion: str, keys: Sequence[Jwk]) -> Claims | None:
    """The claims, by the key that the header names: a kid is needed as soon as there are two."""
    try:
        header = jws.extract_compact(assertion.encode("ascii")).headers()
        if header.get("alg") != ALGORITHM or "crit" in header or {"jwk", "jku", "x5u", "x5c"} & header.keys():
            return None
        kid = header.get("kid")
        usable = [key for key in keys if key["kid"] == kid or (kid is None and len(keys) == 1)]
        if not usable:
            return None
        return jwt.decode(assertion, ECKey.import_key(dict(usable[0])), algorithms=[ALGORITHM]).claims
    except (JoseError, ValueError, TypeError, KeyError):
        return None


def _expiry(claims: Claims, client_id: str, audiences: Collection[str], now: int) -> int | None:
    """When it expires; None when it is for somebody else, of somebody else, too old, too long or without an id."""
    audience, jti, expires = claims.get("aud"), claims.get("jti"), claims.get("exp")
    begins = (claims.get("nbf", 0), claims.get("iat", 0))
    # One audience only: an assertion that another server accepts too could be replayed by that server.
    single = audience[0] if isinstance(audience, list) and len(audience) == 1 else audience
    if not isinstance(single, str) or single not in audiences:
        return None
    if claims.get("iss") != client_id or claims.get("sub") != client_id:
        return None
    if not isinstance(jti, str) or not 0 < len(jti) <= MAX_JTI or "\0" in jti:
        return None
    if not isinstance(expires, int) or not all(isinstance(one, int) and one <= now + LEEWAY_S for one in begins):
        return None
    return expires if now - LEEWAY_S < expires <= now + MAX_LIFE_S + LEEWAY_S else None
