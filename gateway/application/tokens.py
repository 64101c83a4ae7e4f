"""Tokens: what a client may do, signed, for ten minutes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey

from gateway.application.keys import TOKEN_LIFE
from gateway.domain.clients import Client
from kit.clock import Clock
from kit.errors import RelaisError
from kit.http.auth import EVERYWHERE
from kit.http.identity import ALGORITHM, TOKEN_TYPE
from kit.ids import new_id


class ScopeNotGranted(RelaisError):
    code = "scope_not_granted"
    title_fr = "Portée non accordée à ce client"
    title_en = "Scope not granted to this client"
    status = 400


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who signs, for whom."""

    name: str
    audience: str
    clock: Clock


def life_of(client: Client, clock: Clock) -> int:
    """Seconds that a token given now is good for: none outlives a delegation that it carries."""
    whole = int(TOKEN_LIFE.total_seconds())
    if client.delegated_until is None:
        return whole
    return min(whole, int((client.delegated_until - clock.instant()).total_seconds()))


async def token_of(state: Any, client: Client) -> str:
    """A token by which the gateway itself asks services, as this client; `state` is its application's."""
    issuer = Issuer(state.settings.issuer, state.settings.audience, state.clock)
    return issue_token(client, await state.signer.key(), issuer)


def issue_token(client: Client, key: ECKey, issuer: Issuer, asked: str = "") -> str:
    """A signed access token (RFC 9068). `asked` narrows the scopes; empty gives all that the client holds.

    Raises ScopeNotGranted.
    """
    wanted = frozenset(asked.split())
    if not wanted <= client.scopes:
        raise ScopeNotGranted
    now = int(issuer.clock.instant().timestamp())
    claims: dict[str, Any] = {
        "iss": issuer.name,
        "aud": issuer.audience,
        "sub": client.id,
        "client_id": client.id,
        "iat": now,
        "nbf": now,
        "exp": now + life_of(client, issuer.clock),
        "jti": str(new_id()),
        "scope": " ".join(sorted(wanted or client.scopes)),
        "employers": EVERYWHERE if client.employers is None else sorted(client.employers),
    }
    if client.delegated:
        claims["delegated"] = _by_scopes(client)
    if client.insurer is not None:
        claims["insurer"] = client.insurer
    header = {"alg": ALGORITHM, "typ": TOKEN_TYPE, "kid": key.kid}
    return jwt.encode(header, claims, key, algorithms=[ALGORITHM])


def _by_scopes(client: Client) -> dict[str, list[str]]:
    """Employers by the scopes they delegated: many delegate the same, and a token has to fit a header."""
    found: dict[str, list[str]] = {}
    for employer, scopes in client.delegated:
        found.setdefault(" ".join(sorted(scopes)), []).append(employer)
    return found
