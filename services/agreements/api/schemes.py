"""Regional schemes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Self

from fastapi import Path, Query, Response
from fastapi import Request as HttpRequest
from pydantic import Field

from kit.http.auth import Principal, requires
from kit.http.etag import ChangedVersion, check_version, set_etag
from kit.http.pagination import Page, Paging, paged
from kit.http.route import Now, Tx, service_router
from kit.http.types import Answer, DateText, Instant, LongText, Request, example
from kit.recording import Recording
from services.agreements.adapters import schemes
from services.agreements.adapters.example_documents import SCHEME
from services.agreements.adapters.scheme_document import SchemeDocument
from services.agreements.adapters.schemes import StoredScheme
from services.agreements.api.agreements import every_finding
from services.agreements.api.history import ChangedTermAnswer
from services.agreements.application.correct_scheme import correct_scheme
from services.agreements.application.register_scheme import register_scheme
from services.agreements.domain.errors import InvalidScheme, UnknownScheme
from services.agreements.domain.scheme import Convention, ConventionState
from services.agreements.domain.term_tree import changes

router = service_router(tags=["Régimes régionaux"])
SchemeKey = Annotated[
    str, Path(max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", description="Identifiant du régime régional.")
]


class ConventionAnswer(Answer):
    """A convention de participation on a day. A null lot or manager is not published."""

    convention: str
    scheme: str
    insurer: str
    manager: str | None
    lot: int | None
    start: date = Field(serialization_alias="from")
    end: date | None = Field(serialization_alias="to")
    state: ConventionState
    ended: str | None
    assumption: bool

    @classmethod
    def of(cls, scheme: str, one: Convention, day: date) -> Self:
        return cls(
            convention=one.id,
            scheme=scheme,
            insurer=one.insurer,
            manager=one.manager,
            lot=one.lot,
            start=one.period.start,
            end=one.period.end,
            state=one.state(day),
            ended=one.ended,
            assumption=one.assumption,
        )


class SchemeRow(Answer):
    """A regional scheme in a list."""

    scheme: str
    title: str
    version: int


class SchemeCorrection(Request):
    """The whole document as it should read, and why."""

    model_config = example(
        {"reason": "Taux maintenus trois ans.", "document": {**SCHEME, "rates_guaranteed_to": "2028-12-31"}}
    )

    document: SchemeDocument
    reason: LongText


class SchemeEntry(Answer):
    """A version that was recorded: by whom, why, and the terms it changed."""

    version: int
    recorded_at: datetime
    recorded_by: str
    reason: str | None
    changes: list[ChangedTermAnswer]

    @classmethod
    def of(cls, row: Mapping[str, Any], before: Mapping[str, Any] | None) -> Self:
        changed = [] if before is None else changes(_named(before), _named(row))
        return cls(
            version=row["version"],
            recorded_at=row["recorded_at"],
            recorded_by=row["recorded_by"],
            reason=row["reason"],
            changes=[ChangedTermAnswer.model_validate(one) for one in changed],
        )


@router.post(
    "/v1/schemes",
    status_code=201,
    responses={200: {"description": "Déjà enregistré"}},
    summary="Enregistrer un régime régional",
)
async def register(
    body: SchemeDocument,
    caller: Annotated[Principal, requires("agreements:write", tenancy="platform")],
    tx: Tx,
    clock: Now,
    response: Response,
) -> SchemeDocument:
    """Register a regional scheme, which binds every employer; the same document again changes nothing (200)."""
    new = await register_scheme(tx, body, Recording(clock.instant(), caller.client))
    response.status_code = 201 if new else 200
    if (stored := await schemes.get(tx, body.scheme)) is not None:
        set_etag(response, stored.version)
    return body


@router.get("/v1/schemes", dependencies=[requires("agreements:read", tenancy="registry")], summary="Régimes régionaux")
async def index(request: HttpRequest, response: Response, page: Paging, tx: Tx) -> Page[SchemeRow]:
    """The regional schemes, by id."""
    found = await schemes.after(tx, str(page.after[0]) if page.after else "", page.fetch)
    items = [SchemeRow(scheme=one.document.scheme, title=one.document.title, version=one.version) for one in found]
    return paged(request, response, page, items, lambda row: (row.scheme,))


@router.get(
    "/v1/schemes/{scheme}", dependencies=[requires("agreements:read", tenancy="registry")], summary="Un régime régional"
)
async def read(
    scheme: SchemeKey,
    tx: Tx,
    response: Response,
    as_of: Annotated[DateText | None, Query(description="Jour dont lire les conventions ; toutes sinon.")] = None,
    known_at: Annotated[Instant | None, Query(description="Instant de connaissance ; maintenant sinon.")] = None,
) -> SchemeDocument:
    """One regional scheme as it was known at an instant, with all its conventions or those that run on a day."""
    found = _found(await schemes.get(tx, scheme, known_at))
    set_etag(response, found.version)
    return found.document if as_of is None else found.document.on(as_of)


@router.put("/v1/schemes/{scheme}", summary="Corriger un régime régional : la version suivante de son document")
async def correct(
    *,
    scheme: SchemeKey,
    body: SchemeCorrection,
    caller: Annotated[Principal, requires("agreements:write", tenancy="platform")],
    version: ChangedVersion,
    tx: Tx,
    clock: Now,
    response: Response,
) -> SchemeDocument:
    """Say a scheme better: who holds a lot, one convention more, a longer one, levels, guaranteed rates. A convention
    keeps its id and its insurer, and its end is told by its own operation.
    """
    await schemes.lock(tx, scheme)
    stored = _found(await schemes.get(tx, scheme))
    check_version(version, stored.version)
    recording = Recording(clock.instant(), caller.client, body.reason)
    try:
        done = await correct_scheme(tx, stored, body.document, recording)
    except InvalidScheme as error:
        raise every_finding(error) from error
    set_etag(response, done.version)
    return done.document


@router.get(
    "/v1/schemes/{scheme}/history",
    dependencies=[requires("agreements:read", tenancy="registry")],
    summary="Versions d'un régime régional, de la plus ancienne à la dernière",
)
async def history(scheme: SchemeKey, tx: Tx) -> list[SchemeEntry]:
    """Every version with the terms it changed, who recorded it and why, oldest first."""
    rows = await schemes.versions(tx, scheme)
    if not rows:
        raise UnknownScheme
    return [SchemeEntry.of(row, before) for before, row in zip([None, *rows], rows, strict=False)]


@router.get(
    "/v1/conventions",
    dependencies=[requires("agreements:read", tenancy="registry")],
    summary="Conventions de participation, telles qu'elles sont un jour donné",
)
async def conventions(
    tx: Tx,
    clock: Now,
    as_of: Annotated[DateText | None, Query(description="Jour auquel les lire ; aujourd'hui sinon.")] = None,
) -> list[ConventionAnswer]:
    """The conventions de participation of every scheme, and how each stands on a day."""
    day = as_of or clock.day()
    return [
        ConventionAnswer.of(document.scheme, one, day)
        for _, document in await schemes.all_latest(tx)
        for one in document.to_domain().conventions
    ]


def _found(stored: StoredScheme | None) -> StoredScheme:
    if stored is None:
        raise UnknownScheme
    return stored


def _named(row: Mapping[str, Any]) -> dict[str, Any]:
    """A version with the ids of its conventions, by which two versions compare."""
    return SchemeDocument.model_validate(row["document"]).with_names().dump()
