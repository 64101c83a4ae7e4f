"""`/v1/clients`: registering, rotating and revoking the programs that may ask for tokens, for the platform's staff."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from fastapi import Path, Request, Response
from pydantic import Field

from gateway.adapters import clients
from gateway.adapters.clients import StoredClient
from gateway.api.standing import Standing
from gateway.application.assertions import MAX_KEYS, public_keys_of
from gateway.application.clients import Rotation, add_client, revoke_client, rotate_client
from gateway.application.keys import rotate_signing_key
from gateway.domain.clients import BeyondYours, Client, UnknownClient
from kit.http import types
from kit.http.auth import Principal, requires
from kit.http.etag import ChangedVersion, set_etag
from kit.http.pagination import Page, Paging, paged
from kit.http.route import Crypto, Now, Tx, service_router
from kit.http.types import Answer, Instant

MAX_SCOPES = 64
# As identifiers are everywhere; the domain says the rest.
IDENTIFIER = r"^[A-Za-z0-9][A-Za-z0-9._-]{1,62}$"
MOST_HOURS = 168
router = service_router(tags=["Clients"])
ClientId = Annotated[str, Path(pattern=IDENTIFIER, description="Identifiant du client.", examples=["sirh-du-nord"])]
Reads = Annotated[Principal, requires("clients:read")]
Writes = Annotated[Principal, requires("clients:write")]
Keys = Annotated[
    list[dict[str, Any]],
    Field(max_length=MAX_KEYS, description="Clés publiques P-256 (JWK avec `kid`), pour `private_key_jwt`."),
]


class ClientRequest(Standing):
    """A client to register. One way to prove itself: keys where there are some, else a secret made here."""

    model_config = types.example(
        {
            "id": "sirh-du-nord",
            "name": "SIRH du Nord",
            "scopes": ["agents:read", "agents:write"],
            "employers": ["99985001900012"],
        }
    )

    id: Annotated[str, Field(pattern=IDENTIFIER, examples=["sirh-du-nord"])]
    name: Annotated[str, Field(min_length=1, max_length=200, pattern=types.TEXT_PATTERN, examples=["SIRH du Nord"])]
    scopes: Annotated[list[str], Field(min_length=1, max_length=MAX_SCOPES, examples=[["agents:read"]])]
    keys: Keys = Field(default_factory=list)

    def client(self) -> Client:
        return self.standing_for(self.id, self.name, frozenset(self.scopes))


class RotationRequest(types.Request):
    """Other proofs. During `keep_hours` the former secret stays good; with 0 it ends now, and so do its tokens."""

    model_config = types.example({"keep_hours": 24})

    keep_hours: Annotated[int, Field(ge=0, le=MOST_HOURS)] = 24
    keys: Keys = Field(default_factory=list)


class ClientAnswer(Answer):
    """A client, without what proves that it is. `department` is that of a centre de gestion."""

    id: str
    name: str
    scopes: list[str]
    employers: list[str] | None
    insurer: str | None
    department: str | None
    active: bool
    key_ids: list[str]
    previous_secret_until: Instant | None
    recorded_at: Instant | None
    version: int

    @classmethod
    def of(cls, stored: StoredClient) -> ClientAnswer:
        client = stored.client
        return cls(
            id=client.id,
            name=client.name,
            scopes=sorted(client.scopes),
            employers=None if client.employers is None else sorted(client.employers),
            insurer=client.insurer,
            department=client.department,
            active=client.active,
            key_ids=[key["kid"] for key in stored.keys],
            previous_secret_until=stored.previous_until,
            recorded_at=stored.recorded_at,
            version=stored.version,
        )


class SecretAnswer(Answer):
    """The secret, shown this once; null where the client proves itself by its keys."""

    id: str
    secret: str | None
    version: int


class SigningKeyAnswer(Answer):
    """A key published now, which signs from an instant on."""

    kid: str
    signs_from: Instant


@router.get("/v1/clients", summary="Clients de la plateforme")
async def index(request: Request, response: Response, page: Paging, _caller: Reads, tx: Tx) -> Page[ClientAnswer]:
    found = await clients.page(tx, page.start(str), page.fetch)
    return paged(request, response, page, [ClientAnswer.of(one) for one in found], lambda one: (one.id,))


@router.get("/v1/clients/{client}", summary="Un client et ce qu'il représente")
async def read(client: ClientId, response: Response, _caller: Reads, tx: Tx) -> ClientAnswer:
    found = await clients.find(tx, client)
    if found is None:
        raise UnknownClient
    set_etag(response, found.version)
    return ClientAnswer.of(found)


@router.post("/v1/clients", status_code=201, summary="Enregistrer un client ; son secret n'est montré qu'ici")
async def register(body: ClientRequest, response: Response, caller: Writes, tx: Tx, clock: Now) -> SecretAnswer:
    if not frozenset(body.scopes) <= caller.scopes:
        raise BeyondYours(pointer="/scopes")
    secret = await add_client(tx, body.client(), public_keys_of(body.keys), clock, caller.client)
    response.headers["location"] = f"/v1/clients/{body.id}"
    return _once(response, body.id, secret, 1)


@router.post("/v1/clients/{client}/rotations", status_code=201, summary="Renouveler le secret ou les clés d'un client")
async def rotate(
    client: ClientId,
    body: RotationRequest,
    version: ChangedVersion,
    *,
    response: Response,
    caller: Writes,
    tx: Tx,
    clock: Now,
) -> SecretAnswer:
    asked = Rotation(client, version, public_keys_of(body.keys), timedelta(hours=body.keep_hours))
    secret = await rotate_client(tx, asked, clock, caller)
    return _once(response, client, secret, version + 1)


@router.delete("/v1/clients/{client}", status_code=204, summary="Révoquer un client et les jetons qu'il détient")
async def revoke(client: ClientId, version: ChangedVersion, caller: Writes, tx: Tx, clock: Now) -> None:
    await revoke_client(tx, client, version, clock, caller.client)


@router.post("/v1/signing-keys/rotations", status_code=201, summary="Publier une nouvelle clé de signature des jetons")
async def rotate_keys(_caller: Writes, tx: Tx, clock: Now, ring: Crypto) -> SigningKeyAnswer:
    stored = await rotate_signing_key(tx, ring, clock)
    return SigningKeyAnswer(kid=stored.kid, signs_from=stored.signs_from)


def _once(response: Response, client: str, secret: str | None, version: int) -> SecretAnswer:
    set_etag(response, version)
    response.headers["cache-control"] = "no-store"
    return SecretAnswer(id=client, secret=secret, version=version)
