"""Capitals after a death, an absolute and definitive invalidity, or for a loss of pension."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response
from fastapi import Request as HttpRequest

from kit.http.auth import requires
from kit.http.pagination import Page, Paging, paged
from kit.http.route import Now, Rules, Tx, service_router
from kit.http.types import Answer, DateText, SignedAmount
from rules.vocabulary import Guarantee
from services.claims.adapters import capitals, files
from services.claims.adapters.capitals import Capital
from services.claims.api.cursors import after_id
from services.claims.domain.benefits import Alert
from services.claims.domain.claim_documents import required_of

router = service_router(prefix="/v1", tags=["Capitaux"], dependencies=[requires("claims:read")])


class CapitalAnswer(Answer):
    """A capital in its last version; `due` may lie ahead, and an amount of 0.00 is no longer due.

    `required`: the documents of its file.
    """

    id: UUID
    decision: UUID
    employer: str
    agent: UUID
    agreement: str
    guarantee: Guarantee
    version: int
    due: DateText
    amount: SignedAmount
    amount_delta: SignedAmount
    alerts: list[Alert]
    covered_on: DateText | None
    required: list[str]
    decided_at: datetime

    @classmethod
    def of(cls, found: Capital, required: tuple[str, ...]) -> CapitalAnswer:
        return cls(
            id=found.capital,
            decision=found.id,
            employer=found.employer,
            agent=found.agent,
            agreement=found.agreement,
            guarantee=Guarantee(found.guarantee),
            version=found.version,
            due=found.due,
            amount=found.amount,
            amount_delta=found.amount_delta,
            alerts=[Alert(one) for one in found.alerts],
            covered_on=found.kept,
            required=list(required),
            decided_at=found.recorded_at,
        )


@router.get("/capitals", operation_id="list_capitals", summary="Capitaux d'un agent")
async def list_capitals(
    request: HttpRequest,
    response: Response,
    page: Paging,
    tx: Tx,
    agent: Annotated[UUID, Query(description="Identifiant de l'agent.")],
    *,
    rules: Rules,
    clock: Now,
) -> Page[CapitalAnswer]:
    found = await capitals.page(tx, agent, after_id(page), page.fetch)
    known = await files.load_many(tx, {(one.employer, one.agent) for one in found}, clock.day())
    items = []
    for one in found:
        deaths = known[one.employer, one.agent].deaths
        risk = next((death.kind.value for death in deaths if death.on == one.due), one.guarantee)
        needed = required_of(risk if one.guarantee == Guarantee.DEATH else one.guarantee, None, one.due, rules)
        items.append(CapitalAnswer.of(one, needed))
    return paged(request, response, page, items, lambda item: (item.id,))
