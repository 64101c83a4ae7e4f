"""Signing in by OpenID Connect: authorization code with PKCE, at an issuer that the installation names.

What ties an answer to the browser that asked (state, nonce, code verifier) travels sealed in that browser's own cookie.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from time import monotonic
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import httpx
import structlog
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from gateway.settings import GatewaySettings
from kit.clock import Clock
from kit.crypto import KeyRing

ALGORITHMS: Final = ["RS256", "PS256", "ES256"]
FLOW_LIFE: Final = timedelta(minutes=10)
SECRET_BYTES: Final = 32
LEEWAY_S: Final = 60
KEPT_S: Final = 3600.0
# An unknown key is looked for again, but not by everybody who makes one up.
REREAD_S: Final = 30.0
TIMEOUT_S: Final = 10.0
MAX_ANSWER: Final = 256_000
MAX_SUBJECT: Final = 255
_PLACE: Final = "oidc.flow"
_LOCAL: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_log = structlog.get_logger(__name__)


class OidcRefused(Exception):
    """The issuer, or what came back from it, is not to be trusted. The reason is for the log alone."""


class OidcAway(OidcRefused):
    """The issuer does not answer."""


@dataclass(frozen=True, slots=True)
class Flow:
    """One attempt to sign in: what its answer must bring back, and where the person was going."""

    state: str
    nonce: str
    verifier: str
    back: str
    begun: int

    @classmethod
    def new(cls, back: str, clock: Clock) -> Flow:
        state, nonce, verifier = (secrets.token_urlsafe(SECRET_BYTES) for _ in range(3))
        return cls(state, nonce, verifier, back, int(clock.instant().timestamp()))

    @property
    def challenge(self) -> str:
        """The S256 challenge of the verifier (RFC 7636)."""
        return urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()

    def sealed(self, ring: KeyRing) -> str:
        return ring.encrypt(json.dumps(asdict(self)).encode(), _PLACE).hex()


def flow_of(cookie: str | None, state: str, ring: KeyRing, clock: Clock) -> Flow:
    """The attempt of this browser that this answer is about. Raises OidcRefused."""
    try:
        flow = Flow(**json.loads(ring.decrypt(bytes.fromhex(cookie or ""), _PLACE)))
    except Exception as error:  # whatever a stranger put there
        raise OidcRefused("no flow") from error
    if not hmac.compare_digest(flow.state.encode(), state.encode()):
        raise OidcRefused("state")
    if clock.instant().timestamp() - flow.begun > FLOW_LIFE.total_seconds():
        raise OidcRefused("flow too old")
    return flow


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the issuer says it is, and the token that says so, which signing out there wants back."""

    subject: str
    id_token: str


class IdentityProvider:
    """The configured issuer: its metadata and keys, read when they are needed and kept a while."""

    def __init__(self, settings: GatewaySettings, http: httpx.AsyncClient, clock: Clock) -> None:
        self._settings, self._http, self._clock = settings, http, clock
        self._lock = asyncio.Lock()
        self._metadata: tuple[float, dict[str, Any]] = (0.0, {})
        self._keys: tuple[float, KeySet | None] = (0.0, None)

    async def authorization(self, flow: Flow, redirect: str) -> str:
        """Where the browser goes to sign in. Raises OidcAway, OidcRefused."""
        settings = self._settings
        query = {
            "response_type": "code",
            "client_id": settings.oidc_client_id,
            "redirect_uri": redirect,
            "scope": settings.oidc_scopes,
            "state": flow.state,
            "nonce": flow.nonce,
            "code_challenge": flow.challenge,
            "code_challenge_method": "S256",
        }
        if settings.oidc_acr:
            query["acr_values"] = " ".join(settings.oidc_acr)
        return _with(await self._endpoint("authorization_endpoint"), query)

    async def identity(self, flow: Flow, answer: Mapping[str, str], redirect: str) -> Identity:
        """Whom the answer is about, its code exchanged and its token verified. Raises OidcAway, OidcRefused."""
        if answer.get("iss", self._settings.oidc_issuer) != self._settings.oidc_issuer:  # RFC 9207
            raise OidcRefused("issuer of the answer")
        if "error" in answer or not answer.get("code"):
            raise OidcRefused("the issuer refused")
        form = {
            "grant_type": "authorization_code",
            "code": answer["code"],
            "redirect_uri": redirect,
            "code_verifier": flow.verifier,
            "client_id": self._settings.oidc_client_id,
        }
        secret = self._settings.oidc_client_secret.get_secret_value()
        got = await self._read("POST", await self._endpoint("token_endpoint"), form | _given(client_secret=secret))
        token = got.get("id_token")
        if not isinstance(token, str):
            raise OidcRefused("no id_token")
        claims = await self._verified(token)
        self._check(claims, flow)
        return Identity(claims["sub"], token)

    async def sign_out(self, id_token: str, back: str) -> str | None:
        """Where the browser goes to sign out at the issuer too; None where it has no such place."""
        try:
            where = (await self._about()).get("end_session_endpoint")
        except OidcRefused:
            return None
        query = {
            "id_token_hint": id_token,
            "post_logout_redirect_uri": back,
            "client_id": self._settings.oidc_client_id,
            "state": secrets.token_urlsafe(16),
        }
        return _with(where, query) if isinstance(where, str) and _is_safe(where) else None

    def _check(self, claims: Mapping[str, Any], flow: Flow) -> None:
        """What OpenID Connect Core §3.1.3.7 asks of an ID token whose signature is good."""
        settings, now = self._settings, self._clock.instant().timestamp()
        audience = claims.get("aud")
        audiences = audience if isinstance(audience, list) else [audience]
        checks = {
            "iss": claims.get("iss") == settings.oidc_issuer,
            "aud": settings.oidc_client_id in audiences,
            "azp": len(audiences) == 1 or claims.get("azp") == settings.oidc_client_id,
            "exp": _number(claims, "exp") + LEEWAY_S > now,
            "iat": abs(now - _number(claims, "iat")) < FLOW_LIFE.total_seconds() + LEEWAY_S,
            "nonce": hmac.compare_digest(str(claims.get("nonce", "")).encode(), flow.nonce.encode()),
            "acr": not settings.oidc_acr or claims.get("acr") in settings.oidc_acr,
            "sub": isinstance(claims.get("sub"), str) and 0 < len(claims["sub"]) <= MAX_SUBJECT,
        }
        wrong = [name for name, good in checks.items() if not good]
        if wrong:
            raise OidcRefused(f"claims {' '.join(wrong)}")

    async def _verified(self, token: str) -> Mapping[str, Any]:
        for fresh in (False, True):
            keys = await self._key_set(fresh=fresh)
            try:
                return jwt.decode(token, keys, algorithms=ALGORITHMS).claims
            except (JoseError, ValueError) as error:
                if fresh:
                    raise OidcRefused("signature") from error
        raise AssertionError("the second try returns or raises")

    async def _key_set(self, *, fresh: bool) -> KeySet:
        async with self._lock:
            read_at, kept = self._keys
            age = monotonic() - read_at
            if kept is not None and age < (REREAD_S if fresh else KEPT_S):
                return kept
            found = await self._read("GET", await self._endpoint("jwks_uri"))
            try:
                keys = KeySet.import_key_set(found)  # type: ignore[arg-type]  # what is no key set is refused
            except (JoseError, ValueError, KeyError, TypeError) as error:
                raise OidcRefused("keys") from error
            self._keys = (monotonic(), keys)
            return keys

    async def _endpoint(self, name: str) -> str:
        where = (await self._about()).get(name)
        if not isinstance(where, str) or not _is_safe(where):
            raise OidcRefused(f"metadata {name}")
        return where

    async def _about(self) -> dict[str, Any]:
        """The issuer's metadata, which must say that it is that issuer."""
        until, known = self._metadata
        if monotonic() < until:
            return known
        issuer = self._settings.oidc_issuer
        found = await self._read("GET", f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if found.get("issuer") != issuer:
            raise OidcRefused("issuer of the metadata")
        self._metadata = (monotonic() + KEPT_S, found)
        return found

    async def _read(self, method: str, url: str, form: Mapping[str, str] | None = None) -> dict[str, Any]:
        """A JSON object of bounded size, without following anybody elsewhere."""
        body = b""
        try:
            async with self._http.stream(method, url, data=form, timeout=TIMEOUT_S) as response:
                async for chunk in response.aiter_bytes():
                    body += chunk
                    if len(body) > MAX_ANSWER:
                        raise OidcRefused("answer too large")
        except httpx.HTTPError as error:
            raise OidcAway(type(error).__name__) from error
        if response.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise OidcAway(str(response.status_code))
        try:
            found = json.loads(body) if response.is_success else None
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise OidcRefused(f"answer {response.status_code}")
        return found


def _number(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    return float(value) if isinstance(value, int | float) else 0.0


def _given(**values: str) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}


def _is_safe(url: str) -> bool:
    """Https, or this very machine."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOCAL)


def _with(url: str, query: Mapping[str, str]) -> str:
    return f"{url}{'&' if urlsplit(url).query else '?'}{urlencode(query)}"
