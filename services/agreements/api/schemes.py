"""Regional schemes."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Response

from kit.http.auth import Principal, requires
from kit.http.route import Now, Tx, service_router
from kit.recording import Recording
from services.agreements.adapters import schemes
from services.agreements.adapters.scheme_document import SchemeDocument
from services.agreements.application.register_scheme import register_scheme
from services.agreements.domain.errors import UnknownScheme

router = service_router(tags=["Régimes régionaux"])


@router.post("/v1/schemes", status_code=201, responses={200: {"description": "Déjà enregistré"}})
async def register(
    body: SchemeDocument,
    caller: Annotated[Principal, requires("agreements:write")],
    tx: Tx,
    clock: Now,
    response: Response,
) -> SchemeDocument:
    """Register a regional scheme; the same document again changes nothing (200)."""
    new = await register_scheme(tx, body, Recording(clock.instant(), caller.client))
    response.status_code = 201 if new else 200
    return body


@router.get("/v1/schemes/{scheme}", dependencies=[requires("agreements:read")])
async def read(
    scheme: Annotated[str, Path(max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")], tx: Tx
) -> SchemeDocument:
    """One regional scheme."""
    found = await schemes.latest(tx, scheme)
    if found is None:
        raise UnknownScheme
    return found
