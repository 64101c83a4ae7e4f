"""Organisations."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query, Response
from fastapi import Request as HttpRequest

from kit.http.auth import Principal, requires
from kit.http.etag import ChangedVersion, check_version, set_etag
from kit.http.pagination import Page, Paging, paged
from kit.http.route import Now, Tx, service_router
from kit.http.types import DateText, Instant
from kit.recording import Recording
from services.agreements.adapters import organisations
from services.agreements.adapters.organisation_document import (
    OrganisationChange,
    OrganisationDocument,
)
from services.agreements.api.schemas import OrganisationAnswer
from services.agreements.application.register_organisation import change_organisation, register_organisation
from services.agreements.domain.errors import UnknownOrganisation
from services.agreements.domain.organisation import OrganisationKind

router = service_router(tags=["Organisations"])
Key = Annotated[str, Path(max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", description="SIRET ou code.")]


@router.post(
    "/v1/organisations",
    status_code=201,
    responses={200: {"description": "Déjà enregistrée"}},
    summary="Enregistrer une organisation",
)
async def register(
    body: OrganisationDocument,
    caller: Annotated[Principal, requires("organisations:write")],
    tx: Tx,
    clock: Now,
    response: Response,
) -> OrganisationAnswer:
    """Register an organisation; the same content again changes nothing (200)."""
    one = body.to_domain(clock.day())
    caller.check_employer(one.key)
    new = await register_organisation(tx, one, Recording(clock.instant(), caller.client))
    response.status_code = 201 if new else 200
    set_etag(response, await organisations.facts(tx, one.key))
    return OrganisationAnswer.model_validate(one)


@router.get("/v1/organisations", dependencies=[requires("organisations:read")], summary="Organisations, par clé")
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


@router.get(
    "/v1/organisations/{key}", dependencies=[requires("organisations:read")], summary="Une organisation, un jour donné"
)
async def read(
    *,
    key: Key,
    tx: Tx,
    clock: Now,
    response: Response,
    as_of: Annotated[DateText | None, Query(description="Jour auquel la lire ; le plus récent sinon.")] = None,
    known_at: Annotated[Instant | None, Query(description="Instant de connaissance ; maintenant sinon.")] = None,
) -> OrganisationAnswer:
    """One organisation, by SIRET or code, on a day as it was known at an instant."""
    if as_of is None and known_at is None:
        found = (await organisations.current(tx, [key])).get(key)
    else:
        found = await organisations.on(tx, key, as_of or clock.day(), known_at)
    if found is None:
        raise UnknownOrganisation
    set_etag(response, await organisations.facts(tx, key))
    return OrganisationAnswer.model_validate(found)


@router.patch("/v1/organisations/{key}", summary="Modifier une organisation à partir d'un jour")
async def change(
    *,
    key: Key,
    body: OrganisationChange,
    caller: Annotated[Principal, requires("organisations:write")],
    version: ChangedVersion,
    tx: Tx,
    clock: Now,
    response: Response,
) -> OrganisationAnswer:
    """Change an organisation from a day on; the days before keep what was said of them."""
    caller.check_employer(key)
    await organisations.lock(tx, [key])
    check_version(version, await organisations.facts(tx, key))
    recording = Recording(clock.instant(), caller.client, body.reason)
    changed = await change_organisation(tx, key, body.since, body.changes(), recording)
    set_etag(response, await organisations.facts(tx, key))
    return OrganisationAnswer.model_validate(changed)
