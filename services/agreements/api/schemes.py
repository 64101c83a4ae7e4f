"""Regional schemes."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Self

from fastapi import Path, Query, Response
from pydantic import Field

from kit.http.auth import Principal, requires
from kit.http.route import Now, Tx, service_router
from kit.http.types import Answer, DateText
from kit.recording import Recording
from services.agreements.adapters import schemes
from services.agreements.adapters.scheme_document import SchemeDocument
from services.agreements.application.register_scheme import register_scheme
from services.agreements.domain.errors import UnknownScheme
from services.agreements.domain.scheme import Convention, ConventionState

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
    return body


@router.get(
    "/v1/schemes/{scheme}", dependencies=[requires("agreements:read", tenancy="registry")], summary="Un régime régional"
)
async def read(scheme: SchemeKey, tx: Tx) -> SchemeDocument:
    """One regional scheme."""
    found = await schemes.latest(tx, scheme)
    if found is None:
        raise UnknownScheme
    return found


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
