"""`POST /oauth/token`: client credentials (RFC 6749 §4.4), and the documents that say where things are."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

from gateway.adapters import revocations
from gateway.api.client_authentication import FIELDS, FORM, authenticated, form_of, oauth_problem
from gateway.application.signer import Signer
from gateway.application.standing import standing
from gateway.application.tokens import Issuer, issue_token, life_of
from kit.db.database import Scope
from kit.http.auth import SCOPES
from kit.http.documents import PROBLEMS
from kit.http.identity import ALGORITHM
from kit.http.problem import Problem

JWKS_MAX_AGE_S: Final = 60
UNAUTHORISED: Final = 401
METHODS: Final = ("client_secret_basic", "client_secret_post", "private_key_jwt")
NOT_KEPT: Final = {"cache-control": "no-store", "pragma": "no-cache"}
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
                        **FIELDS,
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
_REVOCATION_DOCUMENT: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            FORM: {
                "schema": {
                    "type": "object",
                    "required": ["token"],
                    "properties": {"token": {"type": "string", "description": "Le jeton d'accès."}, **FIELDS},
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
    form = await form_of(request)
    if form.get("grant_type") != "client_credentials":
        raise oauth_problem(
            400,
            "unsupported_grant_type",
            "Seul client_credentials est accepté.",
            "Only client_credentials is accepted.",
        )
    client, limits = await authenticated(request, form)
    signer: Signer = request.app.state.signer
    asked = form.get("scope", "")
    if not frozenset(asked.split()) <= client.scopes:
        raise oauth_problem(
            400,
            "invalid_scope",
            "Une portée demandée n'est pas accordée à ce client.",
            "A scope asked for is not granted to this client.",
        )
    async with request.app.state.db.transaction(Scope.all()) as tx:
        client = await standing(tx, client, request.app.state.clock.day())
    access = issue_token(client, await signer.key(), _issuer(request), asked)
    answer = TokenAnswer(
        access_token=access,
        token_type="Bearer",  # noqa: S106 - the kind of token
        expires_in=life_of(client, request.app.state.clock),
        scope=" ".join(sorted(asked.split() or client.scopes)),
    )
    return JSONResponse(answer.model_dump(), headers={**limits, **NOT_KEPT})


@router.post(
    "/oauth/revoke",
    status_code=200,
    response_class=Response,
    openapi_extra=_REVOCATION_DOCUMENT,
    summary="Rendre un jeton avant son terme (RFC 7009)",
)
async def revoke(request: Request) -> Response:
    """A token that is unknown, expired or already given back is no error; one of another client is left as it is."""
    form = await form_of(request)
    client, limits = await authenticated(request, form)
    headers = {**limits, **NOT_KEPT}
    if not form.get("token"):
        raise oauth_problem(400, "invalid_request", "Un jeton est attendu.", "A token is expected.")
    state = request.app.state
    try:
        found = await state.verifier.verify(form["token"])
    except Problem as problem:
        if problem.status != UNAUTHORISED:
            raise
        return Response(headers=headers)
    if found.client == client.id and found.token:
        async with state.db.transaction(Scope.none()) as tx:
            await revocations.revoke(tx, found.token, client.id, datetime.fromtimestamp(found.expires + 60, UTC))
        await state.revocations.read()
    return Response(headers=headers)


class KeySet(JSONResponse):
    """RFC 7517."""

    media_type = "application/jwk-set+json"


@router.get("/.well-known/jwks.json", response_class=KeySet, summary="Clés publiques qui vérifient les jetons")
async def keys(request: Request) -> Response:
    signer: Signer = request.app.state.signer
    headers = {"cache-control": f"public, max-age={JWKS_MAX_AGE_S}"}
    return KeySet(await signer.jwks(), headers=headers)


@router.get("/.well-known/oauth-authorization-server", summary="Ce que l'émetteur sait faire (RFC 8414)")
async def metadata(request: Request) -> dict[str, Any]:
    issuer = _issuer(request).name
    return {
        "issuer": issuer,
        "token_endpoint": f"{issuer}/oauth/token",
        "jwks_uri": f"{issuer}/.well-known/jwks.json",
        "grant_types_supported": ["client_credentials"],
        "token_endpoint_auth_methods_supported": list(METHODS),
        "revocation_endpoint": f"{issuer}/oauth/revoke",
        "revocation_endpoint_auth_methods_supported": list(METHODS),
        "token_endpoint_auth_signing_alg_values_supported": [ALGORITHM],
        "scopes_supported": sorted(SCOPES),
        "response_types_supported": [],
    }


def _issuer(request: Request) -> Issuer:
    settings = request.app.state.settings
    return Issuer(settings.issuer, settings.audience, request.app.state.clock)
