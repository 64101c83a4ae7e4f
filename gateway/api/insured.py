"""`GET /v1/insured`: who is covered on a day and what they are called, for the insurer of the lot or the employer."""

from __future__ import annotations

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Query, Request, Response
from pydantic import TypeAdapter

from gateway.application.audit import entry_of
from gateway.application.insured import Lots
from gateway.application.tokens import token_of
from kit.http.auth import Principal, requires
from kit.http.documents import PROBLEMS
from kit.http.pagination import DEFAULT_LIMIT, MAX_CURSOR, MAX_LIMIT, Page
from kit.http.problem import MEDIA_TYPE
from kit.http.route import Now, StrictRoute, service_router
from kit.http.types import Answer, DateText, SiretText

router = service_router(tags=["Assurés"], route_class=StrictRoute)
PATH: Final = "/v1/insured"
_SOURCE: Final = "/v1/affiliations"
_PASSED_ON: Final = ("accept-language", "x-purpose")


class InsuredAnswer(Answer):
    """A person covered; `SUSPENDED`: the affiliation stands, cover does not run. No NIR, no matricule."""

    agent: UUID
    employer: str
    agreement: str
    outcome: str
    start: DateText
    end: DateText | None
    last_name: str
    first_name: str
    birth_date: DateText


_PAGE: Final = TypeAdapter(Page[InsuredAnswer])


@router.get(
    PATH,
    response_model=Page[InsuredAnswer],
    responses=PROBLEMS,
    summary="Personnes couvertes un jour donné : celles de ses lots pour un assureur, ses agents pour un employeur",
)
async def index(
    *,
    request: Request,
    caller: Annotated[Principal, requires("insured:read")],
    clock: Now,
    on: Annotated[DateText | None, Query(description="Jour considéré ; aujourd'hui sinon.")] = None,
    employer: Annotated[SiretText | None, Query(description="D'un seul employeur.")] = None,
    agent: Annotated[
        list[UUID] | None,
        Query(max_length=MAX_LIMIT, description="Ces agents seulement : qui est derrière un identifiant."),
    ] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="Nombre de personnes au plus.")] = DEFAULT_LIMIT,
    cursor: Annotated[
        str | None, Query(max_length=MAX_CURSOR, description="Curseur de la page, pris de `next`.")
    ] = None,
) -> Response:
    """A page may hold fewer than asked: `next` says whether another follows."""
    state, day = request.app.state, on or clock.day()
    lots = await Lots.of(state.db, caller, day)
    lots = lots if employer is None else lots.narrowed(employer)
    if lots.employers == frozenset():
        await state.audit.record(entry_of(request, caller.client, 200))
        return _json(_PAGE.dump_json(Page(items=[])))
    token = await token_of(state, lots.client(caller))
    asked: dict[str, Any] = {"on": day.isoformat(), "limit": limit, "agent": [str(one) for one in agent or ()]}
    headers = {name: request.headers[name] for name in _PASSED_ON if name in request.headers}
    found = await state.page_http.get(
        _SOURCE,
        params=asked if cursor is None else {**asked, "cursor": cursor},
        headers={**headers, "authorization": f"Bearer {token}"},
    )
    if found.is_error:
        await state.audit.record(entry_of(request, caller.client, found.status_code))
        return Response(found.content, found.status_code, media_type=found.headers.get("content-type", MEDIA_TYPE))
    page = _PAGE.validate_json(found.content)
    items = [one for one in page.items if lots.holds(one.employer, one.agreement)]
    await state.audit.record(entry_of(request, caller.client, 200, agents=[str(one.agent) for one in items]))
    return _json(_PAGE.dump_json(Page(items=items, next=page.next)))


def _json(body: bytes) -> Response:
    return Response(body, media_type="application/json")
