"""Proof files: sent, listed, read back and deleted by who may, purged on their day by everybody's clock."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Path, Query, Response
from fastapi import Request as HttpRequest

from kit.http.auth import Caller, requires
from kit.http.route import Crypto, Now, Rules, StrictRoute, Tx, service_router
from kit.http.types import Answer, DateText, SiretText
from kit.http.upload import body_of, content, media_type_of
from services.eligibility.adapters import proofs
from services.eligibility.api.common import AgentId, Recorded, changes_restricted, check_identity_of, reads_restricted
from services.eligibility.application.keep_proof import SIGNATURES, Purpose, SentProof, keep_proof
from services.eligibility.application.open_file import open_file
from services.eligibility.domain.errors import FactNotFound

MAX_BYTES: Final = 5 * 1024 * 1024
_TYPES: Final = tuple(SIGNATURES)
_FILE: Final = body_of(_TYPES[0], "Le fichier, 5 Mio au plus", *_TYPES[1:])
_CONTENT: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in _TYPES}}
}
ProofId = Annotated[UUID, Path(description="Identifiant du justificatif.")]

# A file streams in before its transaction begins: a slow sender holds no connection.
uploads = service_router(tags=["Justificatifs"], route_class=StrictRoute, dependencies=[requires("proofs:write")])
router = service_router(tags=["Justificatifs"])


class ProofAnswer(Answer):
    """A proof, without its content."""

    id: UUID
    employer: str
    purpose: Purpose
    media_type: str
    size: int
    purge_on: date
    recorded_at: datetime


class ProofsAnswer(Answer):
    """The proofs of an agent, in the order they came."""

    items: list[ProofAnswer]


@uploads.post(
    "/v1/agents/{agent}/proofs",
    status_code=201,
    openapi_extra=_FILE,
    responses={200: {"description": "Déjà reçu"}},
    summary="Transmettre un justificatif",
)
async def send(
    *,
    request: HttpRequest,
    response: Response,
    agent: AgentId,
    caller: Caller,
    rules: Rules,
    crypto: Crypto,
    recording: Recorded,
    purpose: Annotated[Purpose, Query(description="Ce que le fichier prouve.")],
    employer: Annotated[SiretText | None, Query(description="SIRET, quand l'agent a plusieurs employeurs.")] = None,
    purge_on: Annotated[DateText | None, Query(description="Jour de la purge ; au plus tard sinon.")] = None,
) -> ProofAnswer:
    """Send a PDF, a JPEG or a PNG, kept sealed until its purge; the same again changes nothing (200)."""
    media_type = media_type_of(request, *_TYPES)
    whole = await content(request, MAX_BYTES)
    database = partial(request.app.state.db.transaction, caller.tenancy)
    async with database() as tx:
        file = await open_file(tx, agent)
        sent = SentProof(file.employer(employer), purpose, media_type, whole, purge_on)
        kept = await keep_proof(tx, file, sent, rules, crypto=crypto, recording=recording)
    response.status_code = 201 if kept.new else 200
    response.headers["location"] = f"/v1/agents/{agent}/proofs/{kept.proof.id}"
    return ProofAnswer.model_validate(kept.proof)


@router.get("/v1/agents/{agent}/proofs", dependencies=[requires("proofs:read")], summary="Lister les justificatifs")
async def index(agent: AgentId, caller: Caller, tx: Tx) -> ProofsAnswer:
    """The proofs of an agent's file, without what they hold."""
    await check_identity_of(tx, agent, allowed=reads_restricted(caller))
    return ProofsAnswer(items=[ProofAnswer.model_validate(one) for one in await proofs.of_agent(tx, agent)])


@router.get(
    "/v1/agents/{agent}/proofs/{proof}",
    dependencies=[requires("proofs:read")],
    response_class=Response,
    responses=_CONTENT,
    summary="Lire un justificatif",
)
async def read(agent: AgentId, proof: ProofId, caller: Caller, tx: Tx, crypto: Crypto, *, clock: Now) -> Response:
    """A proof as it was sent; one whose day has come is no longer given, purged or not."""
    await check_identity_of(tx, agent, allowed=reads_restricted(caller))
    found = await proofs.content(tx, agent, proof, crypto)
    if found is None or found[0].purge_on <= clock.day():
        raise FactNotFound
    headers = {
        "content-disposition": f'attachment; filename="justificatif-{proof}"',
        "x-content-type-options": "nosniff",
        "cache-control": "no-store",
    }
    return Response(found[1], media_type=found[0].media_type, headers=headers)


@router.delete(
    "/v1/agents/{agent}/proofs/{proof}",
    status_code=204,
    dependencies=[requires("proofs:write")],
    summary="Supprimer un justificatif",
)
async def remove(agent: AgentId, proof: ProofId, caller: Caller, tx: Tx) -> None:
    """Delete a proof before its day."""
    await check_identity_of(tx, agent, allowed=changes_restricted(caller))
    if not await proofs.remove(tx, agent, proof):
        raise FactNotFound
