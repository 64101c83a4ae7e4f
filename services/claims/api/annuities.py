"""Annuities after an invalidity."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response
from fastapi import Request as HttpRequest

from kit.http.auth import requires
from kit.http.pagination import Page, Paging, paged
from kit.http.route import Tx, service_router
from kit.http.types import Answer, DateText, SignedAmount
from services.claims.adapters import annuities
from services.claims.adapters.annuities import Annuity
from services.claims.api.cursors import after_id
from services.claims.domain.benefits import Alert
from services.claims.domain.terms import AnnuityFormula

router = service_router(prefix="/v1", tags=["Rentes"], dependencies=[requires("claims:read")])


class AnnuityAnswer(Answer):
    """An annuity in its last version: `full` is what a full recognition would give, `monthly` what is due."""

    id: UUID
    decision: UUID
    employer: str
    agent: UUID
    recognition: UUID
    claim: UUID | None
    version: int
    start: DateText
    full: SignedAmount
    monthly: SignedAmount
    formula: AnnuityFormula
    decree_floor: SignedAmount
    alerts: list[Alert]
    decided_at: datetime

    @classmethod
    def of(cls, found: Annuity) -> AnnuityAnswer:
        return cls(
            id=found.annuity,
            decision=found.id,
            employer=found.employer,
            agent=found.agent,
            recognition=found.recognition,
            claim=found.claim,
            version=found.version,
            start=found.starts,
            full=found.full_amount,
            monthly=found.monthly,
            formula=AnnuityFormula(found.formula),
            decree_floor=found.decree_floor,
            alerts=[Alert(alert) for alert in found.alerts],
            decided_at=found.recorded_at,
        )


@router.get("/annuities", operation_id="list_annuities", summary="Rentes d'un agent")
async def list_annuities(
    request: HttpRequest,
    response: Response,
    page: Paging,
    tx: Tx,
    agent: Annotated[UUID, Query(description="Identifiant de l'agent.")],
) -> Page[AnnuityAnswer]:
    found = await annuities.page(tx, agent, after_id(page), page.fetch)
    return paged(request, response, page, [AnnuityAnswer.of(one) for one in found], lambda item: (item.id,))
