"""`POST /oauth/token`: client credentials (RFC 6749 §4.4), and the documents that say where things are."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Any, Final
from urllib.parse import parse_qs, unquote_plus

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

from gateway.application.clients import SecretChecker
from gateway.application.keys import TOKEN_LIFE
from gateway.application.signer import Signer
from gateway.application.tokens import Issuer, issue_token
from kit.db.database import Scope
from kit.http.auth import SCOPES
from kit.http.documents import PROBLEMS
from kit.http.identity import ALGORITHM
from kit.http.problem import Problem

FORM: Final = "application/x-www-form-urlencoded"
MAX_FIELDS: Final = 10
JWKS_MAX_AGE_S: Final = 60
CLIENT_SECRET_SCHEME: Final = {"type": "http", "scheme": "basic", "description": "Identifiant et secret du client."}
router = APIRouter(tags=["Identité"], responses=PROBLEMS)


class TokenAnswer(BaseModel):
    """RFC 6749 §5.1."""

    access_token: str
    token_type: Annotated[str, Field(examples=["Bearer"])]
    expires_in: int
    scope: str


_FORM_DOCUMENT: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            FORM: {
                "schema": {
                    "type": "object",
                    "required": ["grant_type"],
                    "properties": {
                        "grant_type": {"type": "string", "enum": ["client_credentials"]},
                        "client_id": {
                            "type": "string",
                            "description": "Identifiant du client ; ici, ou dans l'en-tête Authorization (Basic).",
                        },
                        "client_secret": {
                            "type": "string",
                            "format": "password",
                            "description": "Secret du client ; au même endroit que l'identifiant.",
                        },
                        "scope": {
                            "type": "string",
                            "description": "Portées voulues, séparées par des espaces ; toutes par défaut.",
                        },
                    },
                }
            }
        },
    },
    "security": [{"clientSecret": []}, {}],
}


@router.post(
    "/oauth/token",
    response_model=TokenAnswer,
    openapi_extra=_FORM_DOCUMENT,
    summary="Échanger l'identifiant et le secret d'un client contre un jeton de dix minutes",
)
async def token(request: Request) -> Response:
    form = await _form(request)
    if form.get("grant_type") != "client_credentials":
        raise _oauth_problem(
            400,
            "unsupported_grant_type",
            "Seul client_credentials est accepté.",
            "Only client_credentials is accepted.",
        )
    client_id, secret = _credentials(request, form)
    checker: SecretChecker = request.app.state.secrets
    async with request.app.state.db.transaction(Scope.none()) as tx:
        client = await checker.authenticate(tx, client_id, secret)
    if client is None:
        raise _oauth_problem(401, "invalid_client", "Client inconnu ou secret faux.", "Unknown client or wrong secret.")
    signer: Signer = request.app.state.signer
    asked = form.get("scope", "")
    if not frozenset(asked.split()) <= client.scopes:
        raise _oauth_problem(
            400,
            "invalid_scope",
            "Une portée demandée n'est pas accordée à ce client.",
            "A scope asked for is not granted to this client.",
        )
    access = issue_token(client, await signer.key(), _issuer(request), asked)
    answer = TokenAnswer(
        access_token=access,
        token_type="Bearer",  # noqa: S106 - the kind of token
        expires_in=int(TOKEN_LIFE.total_seconds()),
        scope=" ".join(sorted(asked.split() or client.scopes)),
    )
    return JSONResponse(answer.model_dump(), headers={"cache-control": "no-store", "pragma": "no-cache"})


@router.get("/.well-known/jwks.json", summary="Clés publiques qui vérifient les jetons")
async def keys(request: Request) -> Response:
    signer: Signer = request.app.state.signer
    headers = {"cache-control": f"public, max-age={JWKS_MAX_AGE_S}"}
    return JSONResponse(await signer.jwks(), headers=headers, media_type="application/jwk-set+json")


@router.get("/.well-known/oauth-authorization-server", summary="Ce que l'émetteur sait faire (RFC 8414)")
async def metadata(request: Request) -> dict[str, Any]:
    issuer = _issuer(request).name
    return {
        "issuer": issuer,
        "token_endpoint": f"{issuer}/oauth/token",
        "jwks_uri": f"{issuer}/.well-known/jwks.json",
        "grant_types_supported": ["client_credentials"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "token_endpoint_auth_signing_alg_values_supported": [ALGORITHM],
        "scopes_supported": sorted(SCOPES),
        "response_types_supported": [],
    }


def _issuer(request: Request) -> Issuer:
    settings = request.app.state.settings
    return Issuer(settings.issuer, settings.audience, request.app.state.clock)


async def _form(request: Request) -> dict[str, str]:
    """The form's fields. A field given twice is refused (RFC 6749 §3.2)."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise _oauth_problem(400, "invalid_request", "Un formulaire est attendu.", "A form is expected.")
    try:
        fields = parse_qs((await request.body()).decode("ascii"), keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except (UnicodeDecodeError, ValueError):
        raise _oauth_problem(
            400, "invalid_request", "Le formulaire est illisible.", "The form is unreadable."
        ) from None
    if any(len(values) > 1 for values in fields.values()):
        raise _oauth_problem(400, "invalid_request", "Un champ est donné deux fois.", "A field is given twice.")
    return {name: values[0] for name, values in fields.items()}


def _credentials(request: Request, form: dict[str, str]) -> tuple[str, str]:
    """From the Authorization header or from the form, never from both."""
    header = request.headers.get("authorization")
    if header is None:
        if "client_id" in form and "client_secret" in form:
            return form["client_id"], form["client_secret"]
        raise _oauth_problem(
            401, "invalid_client", "Un client et son secret sont attendus.", "A client and its secret are expected."
        )
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic" or "client_secret" in form:
        raise _oauth_problem(
            400,
            "invalid_request",
            "Une seule façon de s'identifier est permise.",
            "Only one way to authenticate is allowed.",
        )
    try:
        client_id, colon, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise _oauth_problem(
            401, "invalid_client", "L'en-tête Authorization est illisible.", "The Authorization header is unreadable."
        ) from None
    if not colon:
        raise _oauth_problem(
            401, "invalid_client", "L'en-tête Authorization est illisible.", "The Authorization header is unreadable."
        )
    return unquote_plus(client_id), unquote_plus(secret)


def _oauth_problem(status: int, error: str, detail_fr: str, detail_en: str) -> Problem:
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
