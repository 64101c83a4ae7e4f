"""Changes that a run did not issue, because they are beyond a bound: seen, and released by a person."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from fastapi import Path, Query, Response
from fastapi import Request as HttpRequest

from kit.http.auth import Principal, requires
from kit.http.pagination import Page, Paging, paged
from kit.http.route import Idempotent, Now, Tx, service_router
from kit.http.subject import about
from kit.http.types import Answer, MonthText, Request, SignedAmount, SiretText, Text, example
from services.contributions.adapters import parking
from services.contributions.adapters.parking import Parked
from services.contributions.api.parameters import after
from services.contributions.application.record_pay import Reception
from services.contributions.application.release_parked import release_parked
from services.contributions.domain.bounds import Bound

router = service_router(tags=["Cotisations"])
Employer = Annotated[SiretText | None, Query(description="SIRET de l'employeur.")]
State = Annotated[Literal["OPEN", "RELEASED", "ISSUED", "GONE"] | None, Query(description="État.")]


class ReleaseRequest(Request):
    """Why the change is right."""

    model_config = example({"reason": "Rappel de carrière vérifié avec la paie."})

    reason: Text


class ParkedAnswer(Answer):
    """A change beyond its bound. `agent` null: the whole employer's. `state`: OPEN, RELEASED, ISSUED or GONE."""

    id: UUID
    siret: str
    agent_id: str | None
    bound: Bound
    month: MonthText
    change: SignedAmount
    limit: SignedAmount
    state: str
    recorded_at: datetime
    settled_at: datetime | None
    settled_by: str | None
    reason: str | None

    @classmethod
    def of(cls, found: Parked) -> Self:
        names = ("id", "month", "state", "recorded_at", "settled_at", "settled_by", "reason")
        shown: dict[str, Any] = {name: getattr(found, name) for name in names}
        breach = found.breach
        return cls(
            siret=found.employer,
            agent_id=breach.agent or None,
            bound=breach.bound,
            change=breach.change,
            limit=breach.limit,
            **shown,
        )


@router.get(
    "/v1/runs/parked",
    summary="Variations retenues, dans l'ordre",
    dependencies=[requires("contributions:read")],
)
async def index(
    *, request: HttpRequest, response: Response, page: Paging, tx: Tx, employer: Employer = None, state: State = None
) -> Page[ParkedAnswer]:
    """Changes parked, whatever became of them."""
    found = await parking.after(tx, page.fetch, after(page), employer, state)
    return paged(request, response, page, [ParkedAnswer.of(one) for one in found], lambda one: (one.id,))


@router.post("/v1/runs/parked/{parked}/release", summary="Accepter une variation retenue, avec un motif")
async def release(
    *,
    parked: Annotated[UUID, Path(description="Identifiant du calcul mis de côté.")],
    body: ReleaseRequest,
    caller: Annotated[Principal, requires("contributions:write")],
    tx: Tx,
    clock: Now,
    response: Response,
    _once: Idempotent,
) -> ParkedAnswer:
    """The next run may issue it, once, and only as large as it was shown."""
    released = ParkedAnswer.of(await release_parked(tx, parked, body.reason, Reception(clock.instant(), caller.client)))
    if released.agent_id is not None:
        about(response, released.agent_id)
    return released
