"""`GET /v1/work-items`: what somebody has to do for the caller's employers, soonest first."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from fastapi import Query, Request, Response

from gateway.adapters import work_items
from gateway.adapters.work_items import NEVER, Filter
from gateway.application import work_words
from gateway.application.audit import entry_of
from gateway.domain.work_items import Kind, WorkItem
from kit.http.auth import Principal, requires
from kit.http.pagination import Paging, paged
from kit.http.route import Tx, service_router
from kit.http.types import Answer, DateText, SiretText

router = service_router(tags=["Travail à faire"])


class WorkItemAnswer(Answer):
    """`reason` is the kind in plain French, as it reads today, `reference` where it is done.

    `due` null: at leisure; `agent` null: the whole employer's.
    """

    kind: str
    reason: str
    employer: str
    agent: UUID | None
    reference: str
    due: date | None

    @classmethod
    def of(cls, item: WorkItem, today: date) -> Self:
        said = {name: getattr(item, name) for name in cls.model_fields if name != "reason"}
        return cls.model_validate({**said, "reason": work_words.reason(item.kind, item.due, today)})


class WorkItemsAnswer(Answer):
    """`counts` are of each kind, over the whole list and not this page."""

    items: list[WorkItemAnswer]
    next: str | None = None
    counts: dict[str, int]


@router.get("/v1/work-items", summary="Ce qu'il y a à faire, par échéance")
async def index(
    *,
    request: Request,
    response: Response,
    caller: Annotated[Principal, requires("agents:read")],
    tx: Tx,
    page: Paging,
    employer: Annotated[SiretText | None, Query(description="De cet employeur.")] = None,
    kind: Annotated[Kind | None, Query(description="Une seule nature de travail.")] = None,
    agent: Annotated[UUID | None, Query(description="Pour cet agent.")] = None,
    due_before: Annotated[DateText | None, Query(description="Échéance au plus tard ce jour.")] = None,
) -> WorkItemsAnswer:
    if employer is not None:
        caller.check_employer(employer)
    asked = Filter(employer, kind, None if agent is None else str(agent), due_before)
    after = page.start(lambda due, siret, reference: (date.fromisoformat(due), str(siret), str(reference)))
    found = await work_items.page(tx, asked, after, page.fetch)
    counts = await work_items.counts(tx, asked)
    shown = paged(request, response, page, found, lambda one: (one.due or NEVER, one.employer, one.reference))
    agents = {one.agent for one in shown.items if one.agent is not None}
    await request.app.state.audit.record(entry_of(request, caller.client, 200, agents=agents))
    today = request.app.state.clock.day()
    items = [WorkItemAnswer.of(one, today) for one in shown.items]
    return WorkItemsAnswer(items=items, next=shown.next, counts=counts)
