"""Month closing, per employer: a cut-off, a lock, and reopening with a reason."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import Request as HttpRequest
from fastapi import Response
from pydantic import Field

from kit.http.auth import Principal, requires
from kit.http.pagination import Page, Paging, paged
from kit.http.paths import EmployerPath
from kit.http.route import Idempotent, Now, Rules, Tx, service_router
from kit.http.types import Answer, Instant, MonthText, Request, Text, example
from services.contributions.adapters import closings
from services.contributions.adapters.closings import Closing
from services.contributions.api.parameters import PathMonth, after
from services.contributions.api.runs import RunAnswer
from services.contributions.application.close_month import close_month, reopen_month
from services.contributions.application.record_pay import Reception

router = service_router(tags=["Clôture"])
Writer = Annotated[Principal, requires("contributions:write")]


class CloseRequest(Request):
    """`cut_off`: pay received later goes to the next month; by default, now."""

    model_config = example({"cut_off": "2026-02-05T23:00:00Z"})

    cut_off: Annotated[Instant | None, Field(description="Date limite de prise en compte de la paie.")] = None


class ReopenRequest(Request):
    """Why the month is opened again; it stays in the history."""

    model_config = example({"reason": "Paie corrigée d'un agent."})

    reason: Text


class ClosingAnswer(Answer):
    """A closing, or a reopening with its reason."""

    id: UUID
    siret: str
    month: MonthText
    closed: bool
    cut_off: datetime | None
    reason: str | None
    recorded_at: datetime
    recorded_by: str

    @classmethod
    def of(cls, found: Closing) -> Self:
        shown: dict[str, Any] = {name: getattr(found, name) for name in cls.model_fields if name != "siret"}
        return cls(siret=found.employer, **shown)


class CloseAnswer(Answer):
    """The last run of the month; `closing` null when changes are parked, which must be released or corrected first."""

    closing: ClosingAnswer | None
    last_run: RunAnswer


@router.post(
    "/v1/months/{employer}/{month}/close",
    responses={201: {"description": "Le mois est clôturé"}},
    summary="Émettre ce qui reste du mois, puis le clôturer",
)
async def close(
    *,
    employer: EmployerPath,
    month: PathMonth,
    body: CloseRequest,
    caller: Writer,
    tx: Tx,
    rules: Rules,
    clock: Now,
    response: Response,
    _once: Idempotent,
) -> CloseAnswer:
    """Issue what is left and lock the month: 201. With changes parked, nothing is locked: 200."""
    caller.check_employer(employer)
    reception = Reception(clock.instant(), caller.client)
    done = await close_month(tx, employer, month, rules, reception, cut_off=body.cut_off)
    response.status_code = 200 if done.closing is None else 201
    closing = None if done.closing is None else ClosingAnswer.of(done.closing)
    return CloseAnswer(closing=closing, last_run=RunAnswer.of(employer, month, done.run, dry_run=False))


@router.post("/v1/months/{employer}/{month}/reopen", status_code=201, summary="Rouvrir un mois clôturé, avec un motif")
async def reopen(
    *,
    employer: EmployerPath,
    month: PathMonth,
    body: ReopenRequest,
    caller: Writer,
    tx: Tx,
    clock: Now,
    _once: Idempotent,
) -> ClosingAnswer:
    """Open the month again, and those after it."""
    caller.check_employer(employer)
    reception = Reception(clock.instant(), caller.client)
    return ClosingAnswer.of(await reopen_month(tx, employer, month, body.reason, reception))


@router.get("/v1/months/{employer}", summary="Clôtures et réouvertures d'un employeur, la dernière d'abord")
async def history(
    *,
    employer: EmployerPath,
    caller: Annotated[Principal, requires("contributions:read")],
    tx: Tx,
    request: HttpRequest,
    response: Response,
    page: Paging,
) -> Page[ClosingAnswer]:
    """What was closed and reopened; the first item says how the employer stands."""
    caller.check_employer(employer)
    found = await closings.history(tx, employer, page.fetch, after(page))
    return paged(request, response, page, [ClosingAnswer.of(one) for one in found], lambda one: (one.id,))
