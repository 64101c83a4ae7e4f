"""Who asks at the token endpoint: by secret (RFC 6749 §2.3.1) or by signed assertion (RFC 7523), by one way only."""

from __future__ import annotations

import base64
import binascii
from typing import Any, Final
from urllib.parse import parse_qs, unquote_plus

from fastapi import Request

from gateway.application import assertions
from gateway.application.clients import SecretChecker
from gateway.domain.clients import Client
from kit.db.database import Database, Scope
from kit.http.problem import Problem

FORM: Final = "application/x-www-form-urlencoded"
MAX_FIELDS: Final = 10
UNAUTHORISED: Final = 401
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


async def authenticated(request: Request, form: dict[str, str]) -> Client:
    """The client that asks. Raises 401 `invalid_client`, 400 `invalid_request` when it says who it is twice."""
    if "client_assertion" in form or "client_assertion_type" in form:
        return await _by_assertion(request, form)
    client_id, secret = _credentials(request, form)
    state = request.app.state
    checker: SecretChecker = state.secrets
    client = await checker.authenticate(state.db, client_id, secret, state.clock)
    if client is None:
        state.activity.note(client_id, UNAUTHORISED, request.method, request.url.path)
        raise oauth_problem(401, "invalid_client", "Client inconnu ou secret faux.", "Unknown client or wrong secret.")
    return client


async def _by_assertion(request: Request, form: dict[str, str]) -> Client:
    if request.headers.get("authorization") is not None or "client_secret" in form:
        raise _twice()
    if form.get("client_assertion_type") != assertions.TYPE:
        raise oauth_problem(400, "invalid_request", "Type d'assertion inconnu.", "Unknown type of assertion.")
    state = request.app.state
    issuer: str = state.settings.issuer
    database: Database = state.db
    async with database.transaction(Scope.none()) as tx:
        client = await assertions.authenticate(
            tx,
            form.get("client_assertion", ""),
            (issuer, f"{issuer}/oauth/token"),
            state.clock,
            form.get("client_id"),
        )
    if client is None:
        raise oauth_problem(401, "invalid_client", "L'assertion est refusée.", "The assertion is refused.")
    return client


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


def oauth_problem(status: int, error: str, detail_fr: str, detail_en: str) -> Problem:
    """A problem that is also the error of RFC 6749 §5.2: it carries `error`."""
    headers = {"www-authenticate": 'Basic realm="relais", charset="UTF-8"'} if status == 401 else {}  # noqa: PLR2004 - HTTP
    return Problem(
        status,
        error,
        "Jeton refusé",
        "Token refused",
        detail_fr=detail_fr,
        detail_en=detail_en,
        headers={"pragma": "no-cache", **headers},
        members={"error": error, "error_description": error.replace("_", " ")},
    )


def _twice() -> Problem:
    return oauth_problem(
        400,
        "invalid_request",
        "Une seule façon de s'identifier est permise.",
        "Only one way to authenticate is allowed.",
    )
