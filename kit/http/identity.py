"""Verification of access tokens: ES256 only, issuer, audience and expiry checked, keys read from the issuer's JWKS.

Keys are cached, and read again at most every `REFRESH_S` when a token names an unknown one, so that a flood of forged
key ids does not become a flood of requests to the issuer. Verified tokens are cached until they expire.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any, Final, Protocol

import httpx
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet

from kit.clock import Clock
from kit.http.auth import EVERYWHERE, Principal, unauthorised
from kit.http.outgoing import trust
from kit.http.problem import Problem

ALGORITHM: Final = "ES256"
TOKEN_TYPE: Final = "at+jwt"  # noqa: S105 - RFC 9068's name of the kind, not a secret
LEEWAY_S: Final = 5
REFRESH_S: Final = 10.0
MAX_AGE_S: Final = 3600.0
FETCH_TIMEOUT_S: Final = 3.0
CACHE_SIZE: Final = 10_000
MAX_TOKEN: Final = 65_536
MAX_KEYS: Final = 20


class KeySource(Protocol):
    """Where the issuer's public keys come from."""

    async def read(self) -> KeySet: ...

    async def close(self) -> None: ...


class JwksUrl:
    """The JWKS document of an issuer over HTTP."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._client: httpx.AsyncClient | None = None

    async def read(self) -> KeySet:
        self._client = self._client or httpx.AsyncClient(timeout=FETCH_TIMEOUT_S, verify=trust())
        response = await self._client.get(self.url)
        response.raise_for_status()
        return public_keys(response.json())

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()


def public_keys(document: Mapping[str, Any]) -> KeySet:
    """The P-256 signing keys of a JWKS document; anything else in it is ignored."""
    keys = [key for key in document.get("keys", ())[:MAX_KEYS] if key.get("kty") == "EC" and key.get("kid")]
    usable = [key for key in keys if key.get("crv") == "P-256" and key.get("use", "sig") == "sig"]
    return KeySet([ECKey.import_key({**key, "alg": ALGORITHM}) for key in usable])


class Verifier:
    """Turns a token into a Principal, or raises 401; 503 when the issuer's keys cannot be had."""

    def __init__(self, keys: KeySource, *, issuer: str, audience: str, clock: Clock) -> None:
        self._source = keys
        self._issuer, self._audience, self._clock = issuer, audience, clock
        self._keys: KeySet | None = None
        self._read_at = -MAX_AGE_S
        self._lock = asyncio.Lock()
        self._verified: OrderedDict[str, Principal] = OrderedDict()
        # What the door adds: tokens given back, clients shut out. Nothing behind it is reached without passing it.
        self.revoked: Callable[[Principal], bool] = lambda _principal: False

    async def verify(self, token: str) -> Principal:
        now = int(self._clock.instant().timestamp())
        known = self._verified.get(token)
        if known is None:
            known = await self._verify(token, now)
            self._remember(token, known)
        if known.expires + LEEWAY_S <= now:
            self._verified.pop(token, None)
            raise unauthorised("Le jeton a expiré.", "The token has expired.")
        if self.revoked(known):
            raise unauthorised("Le jeton a été révoqué.", "The token was revoked.")
        return known

    async def close(self) -> None:
        await self._source.close()

    def _remember(self, token: str, principal: Principal) -> None:
        self._verified[token] = principal
        if len(self._verified) > CACHE_SIZE:
            self._verified.popitem(last=False)

    async def _verify(self, token: str, now: int) -> Principal:
        if len(token) > MAX_TOKEN:
            raise _refused()
        try:
            header = jws.extract_compact(token.encode("ascii")).headers()
            if header.get("alg") != ALGORITHM or header.get("typ") != TOKEN_TYPE or "crit" in header:
                raise _refused()
            keys = await self._keys_with(str(header.get("kid", "")))
            decoded = jwt.decode(token, keys, algorithms=[ALGORITHM])
        except (JoseError, ValueError, UnicodeError, KeyError, TypeError) as error:
            raise _refused() from error
        return self._principal(decoded.claims, now)

    def _principal(self, claims: Mapping[str, Any], now: int) -> Principal:
        expires, begins = claims.get("exp"), claims.get("nbf", 0)
        audience = claims.get("aud")
        audiences = audience if isinstance(audience, list) else [audience]
        if claims.get("iss") != self._issuer or self._audience not in audiences:
            raise _refused()
        if not isinstance(expires, int) or not isinstance(begins, int) or begins > now + LEEWAY_S:
            raise _refused()
        employers, insurer = claims.get("employers", []), claims.get("insurer")
        if not isinstance(claims.get("sub"), str) or not isinstance(claims.get("scope", ""), str):
            raise _refused()
        issued, token = claims.get("iat", 0), claims.get("jti", "")
        if not isinstance(issued, int) or not isinstance(token, str):
            raise _refused()
        delegated = _delegated(claims.get("delegated", {}))
        everywhere = employers == EVERYWHERE
        if not everywhere and not (isinstance(employers, list) and all(isinstance(e, str) for e in employers)):
            raise _refused()
        return Principal(
            client=claims["sub"],
            scopes=frozenset(claims.get("scope", "").split()),
            employers=None if everywhere else frozenset(employers),
            insurer=insurer if isinstance(insurer, str) else None,
            delegated=delegated,
            expires=expires,
            issued=issued,
            token=token,
        )

    async def _keys_with(self, kid: str) -> KeySet:
        """Keys that hold `kid` if the issuer has it, reading them again when that may help."""
        if self._is_fresh(kid):
            assert self._keys is not None
            return self._keys
        async with self._lock:
            age = monotonic() - self._read_at
            if not self._is_fresh(kid) and (age >= REFRESH_S or self._keys is None):
                await self._refresh()
        if self._keys is None:
            raise _no_keys()
        return self._keys

    def _is_fresh(self, kid: str) -> bool:
        if self._keys is None or monotonic() - self._read_at >= MAX_AGE_S:
            return False
        return any(key.kid == kid for key in self._keys)

    async def _refresh(self) -> None:
        try:
            self._keys = await self._source.read()
        except (httpx.HTTPError, ValueError, JoseError, OSError) as error:
            if self._keys is None:
                raise _no_keys() from error
        self._read_at = monotonic()


def _delegated(claim: object) -> dict[str, frozenset[str]]:
    """The scopes by SIRET, of employers grouped by what they delegate: `{"pay:read pay:write": ["…", "…"]}`."""
    found: dict[str, frozenset[str]] = {}
    if not isinstance(claim, dict):
        raise _refused()
    for scopes, employers in claim.items():
        if not isinstance(employers, list) or not all(isinstance(one, str) for one in employers):
            raise _refused()
        found |= dict.fromkeys(employers, frozenset(scopes.split()))
    return found


def _refused() -> Problem:
    return unauthorised("Le jeton est refusé.", "The token is refused.")


def _no_keys() -> Problem:
    return Problem(
        503,
        "identity_unavailable",
        "Vérification d'identité momentanément impossible",
        "Identity cannot be verified for a moment",
        retry_in=2.0,
    )
