"""Who asks at the token endpoint: by secret (RFC 6749 §2.3.1) or by signed assertion (RFC 7523), by one way only."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import parse_qs, unquote_plus

from fastapi import Request

from gateway.application import assertions
from gateway.application.clients import SecretChecker
from gateway.attempts import Attempts
from gateway.domain.clients import Client
from gateway.limiter import LeasedLimiter, as_text
from kit.db.database import Database, Scope
from kit.http.problem import Problem

FORM: Final = "application/x-www-form-urlencoded"
MAX_FIELDS: Final = 10
UNAUTHORISED: Final = 401
NO_HEADERS: Final[Mapping[str, str]] = MappingProxyType({})
FIELDS: Final[dict[str, Any]] = {
    "client_id": {
        "type": "string",
        "description": "Identifiant du client ; ici, ou dans l'en-tête Authorization (Basic).",
    },
    "client_secret": {
        "type": "string",
        "format": "password",
        "description": "Secret du client ; au même endroit que l'identifiant.",
    },
    "client_assertion_type": {"type": "string", "enum": [assertions.TYPE]},
    "client_assertion": {
        "type": "string",
        "description": "JWT ES256 signé d'une clé du client, de cinq minutes au plus, qui ne sert qu'une fois.",
    },
}


@dataclass(frozen=True, slots=True)
class _Proof:
    """Who somebody says to be, and what shall prove it: a secret, or an assertion."""

    client: str
    secret: str | None = None
    assertion: str = ""


async def authenticated(request: Request, form: dict[str, str]) -> tuple[Client, Mapping[str, str]]:
    """The client that asks, and the `RateLimit-*` headers of its answer: this counts as any other request of it.

    Raises 401 `invalid_client`, 400 `invalid_request` when it says who it is twice, 429 `too_many_requests`.
    """
    state, proof = request.app.state, _proof(request, form)
    attempts: Attempts = state.attempts
    checker: SecretChecker = state.secrets
    # Whatever else is tried from where it is, a client that proved itself before is let in. So is who signs: nobody
    # guesses a signature, and to check one takes less than to hash a secret.
    first = proof.secret is None or checker.recognises(proof.client, proof.secret)
    left = [] if first else await attempts.take(request, proof.client)
    client = await _proved(request, proof)
    if client is None:
        left = left or await attempts.take(request, proof.client)
        state.activity.note(proof.client, UNAUTHORISED, request.method, request.url.path)
        raise _refused(proof, as_text(left))
    if not first:
        await attempts.give_back(request, proof.client)
    limiter: LeasedLimiter = state.limiter
    return client, as_text(await limiter.take(client.id))


def _proof(request: Request, form: dict[str, str]) -> _Proof:
    if "client_assertion" not in form and "client_assertion_type" not in form:
        return _Proof(*_credentials(request, form))
    if request.headers.get("authorization") is not None or "client_secret" in form:
        raise _twice()
    if form.get("client_assertion_type") != assertions.TYPE:
        raise oauth_problem(400, "invalid_request", "Type d'assertion inconnu.", "Unknown type of assertion.")
    assertion = form.get("client_assertion", "")
    claimed = assertions.claimed(assertion)
    if claimed is None or form.get("client_id", claimed) != claimed:
        claimed = assertion = ""
    return _Proof(claimed, assertion=assertion)


async def _proved(request: Request, proof: _Proof) -> Client | None:
    state = request.app.state
    database: Database = state.db
    if proof.secret is not None:
        checker: SecretChecker = state.secrets
        return await checker.authenticate(database, proof.client, proof.secret, state.clock)
    issuer: str = state.settings.issuer
    async with database.transaction(Scope.none()) as tx:
        return await assertions.authenticate(tx, proof.assertion, (issuer, f"{issuer}/oauth/token"), state.clock)


def _refused(proof: _Proof, headers: Mapping[str, str]) -> Problem:
    if proof.secret is None:
        said = "L'assertion est refusée.", "The assertion is refused."
    else:
        said = "Client inconnu ou secret faux.", "Unknown client or wrong secret."
    return oauth_problem(UNAUTHORISED, "invalid_client", *said, headers)


async def form_of(request: Request) -> dict[str, str]:
    """The form's fields. A field given twice is refused (RFC 6749 §3.2)."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise oauth_problem(400, "invalid_request", "Un formulaire est attendu.", "A form is expected.")
    try:
        fields = parse_qs((await request.body()).decode("ascii"), keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except (UnicodeDecodeError, ValueError):
        raise oauth_problem(400, "invalid_request", "Le formulaire est illisible.", "The form is unreadable.") from None
    if any(len(values) > 1 for values in fields.values()):
        raise oauth_problem(400, "invalid_request", "Un champ est donné deux fois.", "A field is given twice.")
    return {name: values[0] for name, values in fields.items()}


def _credentials(request: Request, form: dict[str, str]) -> tuple[str, str]:
    """From the Authorization header or from the form, never from both."""
    header = request.headers.get("authorization")
    if header is None:
        if "client_id" in form and "client_secret" in form:
            return form["client_id"], form["client_secret"]
        raise oauth_problem(
            401, "invalid_client", "Un client et son secret sont attendus.", "A client and its secret are expected."
        )
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic" or "client_secret" in form:
        raise _twice()
    try:
        client_id, colon, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise oauth_problem(
            401, "invalid_client", "L'en-tête Authorization est illisible.", "The Authorization header is unreadable."
        ) from None
    if not colon:
        raise oauth_problem(
            401, "invalid_client", "L'en-tête Authorization est illisible.", "The Authorization header is unreadable."
        )
    return unquote_plus(client_id), unquote_plus(secret)


def oauth_problem(
    status: int, error: str, detail_fr: str, detail_en: str, headers: Mapping[str, str] = NO_HEADERS
) -> Problem:
    """A problem that is also the error of RFC 6749 §5.2: it carries `error`."""
    asking = {"www-authenticate": 'Basic realm="relais", charset="UTF-8"'} if status == UNAUTHORISED else {}
    return Problem(
        status,
        error,
        "Jeton refusé",
        "Token refused",
        detail_fr=detail_fr,
        detail_en=detail_en,
        headers={"pragma": "no-cache", **asking, **headers},
        members={"error": error, "error_description": error.replace("_", " ")},
    )


def _twice() -> Problem:
    return oauth_problem(
        400,
        "invalid_request",
        "Une seule façon de s'identifier est permise.",
        "Only one way to authenticate is allowed.",
    )
