"""Annuities after an invalidity."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response
from fastapi import Request as HttpRequest
from pydantic import Field, WithJsonSchema

from kit.http.auth import Principal, requires
from kit.http.pagination import Page, Paging, paged
from kit.http.route import Now, Rules, Tx, service_router
from kit.http.types import Answer, Code, DateText, RateText, Request, Share, SignedAmount, example
from services.claims.adapters import annuities, files, stated
from services.claims.adapters.annuities import Annuity
from services.claims.adapters.stated import StatedRevaluation
from services.claims.api.cursors import after_id
from services.claims.application.state_facts import revalue
from services.claims.domain.benefits import Alert
from services.claims.domain.claim_documents import required_of
from services.claims.domain.pension_checks import PensionDoubt
from services.claims.domain.terms import AnnuityFormula

router = service_router(prefix="/v1", tags=["Rentes"], dependencies=[requires("claims:read")])
# One list of codes in the document, as those who read alerts have known it before doubts were among them.
AlertCode = Annotated[str, WithJsonSchema({"type": "string", "enum": [*Alert, *PensionDoubt]})]


class StepAnswer(Answer):
    """What is due a month from a day on, once raised."""

    start: DateText = Field(validation_alias="from")
    monthly: SignedAmount


class RevaluationRequest(Request):
    """By how much the insurer of an accord raises its annuities from a day on (1 July)."""

    model_config = example({"agreement": "la-roche-sur-yon-2025", "from": "2029-01-01", "rate": "0.0100"})

    agreement: Code
    start: DateText = Field(alias="from")
    rate: Share


class RevaluationAnswer(Answer):
    """A revaluation as it is known."""

    agreement: str
    start: DateText = Field(serialization_alias="from")
    rate: RateText


class RevaluationsAnswer(Answer):
    """All that was stated of an accord, by day; of two statements about a day the last."""

    revaluations: list[RevaluationAnswer]


class AnnuityAnswer(Answer):
    """An annuity in its last version: `full` is what a full recognition would give, `monthly` what is due.

    `end`: its last day, null while nobody can tell. `steps`: what it is raised to. `alerts`: with those about the
    pensions that were notified, which a person should check. `required`: the documents of its file.
    """

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
    alerts: list[AlertCode]
    end: DateText | None
    ended: bool
    steps: list[StepAnswer]
    required: list[str]
    decided_at: datetime

    @classmethod
    def of(cls, found: Annuity, required: tuple[str, ...]) -> AnnuityAnswer:
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
            alerts=list(found.alerts),
            end=found.ends,
            ended=found.ended,
            steps=[StepAnswer.model_validate(step) for step in found.steps],
            required=list(required),
            decided_at=found.recorded_at,
        )


@router.get("/annuities", operation_id="list_annuities", summary="Rentes d'un agent")
async def list_annuities(
    request: HttpRequest,
    response: Response,
    page: Paging,
    tx: Tx,
    agent: Annotated[UUID, Query(description="Identifiant de l'agent.")],
    *,
    rules: Rules,
    clock: Now,
) -> Page[AnnuityAnswer]:
    found = await annuities.page(tx, agent, after_id(page), page.fetch)
    known = await files.load_many(tx, {(one.employer, one.agent) for one in found}, clock.day())
    items = []
    for one in found:
        employed = known[one.employer, one.agent].employment_on(one.starts)
        needed = required_of("ANNUITY", employed.regime if employed else None, one.starts, rules)
        items.append(AnnuityAnswer.of(one, needed))
    return paged(request, response, page, items, lambda item: (item.id,))


@router.put(
    "/annuities/revaluations", operation_id="revalue_annuities", summary="Énoncer une revalorisation des rentes"
)
async def revalue_annuities(
    body: RevaluationRequest,
    caller: Annotated[Principal, requires("claims:write", tenancy="platform")],
    tx: Tx,
    rules: Rules,
    clock: Now,
) -> RevaluationAnswer:
    """For who stands for every employer: an accord binds several."""
    await revalue(
        tx, StatedRevaluation(body.agreement, body.start, body.rate, clock.instant(), caller.client), rules, clock
    )
    return RevaluationAnswer(agreement=body.agreement, start=body.start, rate=body.rate)


@router.get("/annuities/revaluations", operation_id="list_revaluations", summary="Revalorisations énoncées d'un accord")
async def list_revaluations(
    _caller: Annotated[Principal, requires("claims:read", tenancy="platform")],
    tx: Tx,
    agreement: Annotated[Code, Query(description="Clé de l'accord local.")],
) -> RevaluationsAnswer:
    found = (await stated.revaluations(tx, [agreement])).get(agreement, ())
    shown = [RevaluationAnswer(agreement=agreement, start=one.start, rate=one.rate) for one in found]
    return RevaluationsAnswer(revaluations=shown)
