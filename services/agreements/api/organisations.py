"""Organisations."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query, Response
from fastapi import Request as HttpRequest

from kit.http.auth import Principal, requires
from kit.http.pagination import Page, Paging, paged
from kit.http.route import Now, Tx, service_router
from kit.recording import Recording
from services.agreements.adapters import organisations
from services.agreements.api.schemas import OrganisationAnswer, OrganisationRequest
from services.agreements.application.register_organisation import register_organisation
from services.agreements.domain.errors import UnknownOrganisation
from services.agreements.domain.organisation import OrganisationKind

router = service_router(tags=["Organisations"])
Key = Annotated[str, Path(max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", description="SIRET ou code.")]


@router.post("/v1/organisations", status_code=201, responses={200: {"description": "Déjà enregistrée"}})
async def register(
    body: OrganisationRequest,
    caller: Annotated[Principal, requires("organisations:write")],
    tx: Tx,
    clock: Now,
    response: Response,
) -> OrganisationAnswer:
    """Register an organisation; the same content again changes nothing (200)."""
    one = body.to_domain(clock.day())
    new = await register_organisation(tx, one, Recording(clock.instant(), caller.client))
    response.status_code = 201 if new else 200
    return OrganisationAnswer.model_validate(one)


@router.get("/v1/organisations", dependencies=[requires("organisations:read")])
async def index(
    request: HttpRequest,
    response: Response,
    page: Paging,
    tx: Tx,
    kind: Annotated[OrganisationKind | None, Query(description="Nature cherchée.")] = None,
) -> Page[OrganisationAnswer]:
    """The organisations, by key."""
    after = str(page.after[0]) if page.after else ""
    found = await organisations.after(tx, after, kind, page.fetch)
    items = [OrganisationAnswer.model_validate(one) for one in found]
    return paged(request, response, page, items, lambda one: (one.key,))


@router.get("/v1/organisations/{key}", dependencies=[requires("organisations:read")])
async def read(key: Key, tx: Tx) -> OrganisationAnswer:
    """One organisation, by SIRET or code."""
    found = await organisations.current(tx, key)
    if found is None:
        raise UnknownOrganisation
    return OrganisationAnswer.model_validate(found)
