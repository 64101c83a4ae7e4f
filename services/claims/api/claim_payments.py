"""What insurers decided and paid, and the file of what an employer advances."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from kit.http.auth import Principal, requires
from kit.http.route import Idempotent, Now, Rules, Tx, service_router
from kit.http.subject import about
from kit.http.types import (
    BOUNDED_MONTH_PATTERN,
    Amount,
    Answer,
    Code,
    DateText,
    MonthText,
    Request,
    SiretText,
    Text,
    example,
)
from kit.ids import new_id
from kit.money import Money
from kit.period import Month
from services.claims.adapters import payments
from services.claims.adapters.payments import Advance, Contradiction, Excess, InsurerDecision, Payment
from services.claims.api.parameters import ClaimId, MonthlyAmount
from services.claims.api.payment_reviews import ExcessAnswer, PaymentReviewAnswer
from services.claims.application.handle_claim import hold, look
from services.claims.application.record_payment import record_decision, record_payment
from services.claims.domain.claim_life import Payee
from services.claims.domain.stated_day import check_month

router = service_router(prefix="/v1/claims", tags=["Versements"])
Reader = Annotated[Principal, requires("claims:read")]
Writer = Annotated[Principal, requires("claims:write")]
COLUMNS = ("agent", "sinistre", "mois", "du", "verse", "a_avancer")


class PaymentRequest(Request):
    """An amount that the insurer paid for a month, under its own reference."""

    model_config = example(
        {
            "month": "2026-06",
            "amount": "997.11",
            "paid_on": "2026-07-05",
            "payee": "AGENT",
            "reference": "VIR-2026-0001",
        }
    )

    month: MonthText
    amount: Annotated[MonthlyAmount, Field(gt=Money.zero())]
    paid_on: DateText
    payee: Payee
    reference: Code


class PaymentWarning(StrEnum):
    """What a person should look into of a payment, which is a fact all the same."""

    ABOVE_DECIDED = "above_decided"
    NOTHING_DECIDED = "nothing_decided"


class PaymentAnswer(Answer):
    """A payment received. `warnings`: more was paid for its month than was ever decided, and nobody settled it."""

    id: UUID
    month: MonthText
    amount: Amount
    paid_on: DateText
    payee: Payee
    reference: str
    recorded_at: datetime
    warnings: tuple[PaymentWarning, ...] = ()

    @classmethod
    def of(cls, payment: Payment, above: Sequence[Excess]) -> PaymentAnswer:
        mine = [one for one in above if (one.claim, one.month) == (payment.claim, payment.month)]
        found = [PaymentWarning.ABOVE_DECIDED if one.decided else PaymentWarning.NOTHING_DECIDED for one in mine]
        return cls.model_validate(payment).model_copy(update={"warnings": tuple(found)})


class InsurerDecisionRequest(Request):
    """What the insurer answered."""

    model_config = example({"outcome": "ACCEPTED", "on": "2026-06-20", "reference": "ASSUREUR-0001"})

    outcome: Literal["ACCEPTED", "REFUSED"]
    on: DateText
    reference: Code
    reason: Text | None = None


class InsurerDecisionWarning(StrEnum):
    """What a person should look into of a decision, which is a fact all the same."""

    OTHERWISE_SAME_DAY = "otherwise_same_day"


class InsurerDecisionAnswer(Answer):
    """What the insurer answered, as it is known. `warnings`: it answered otherwise on the same day, and not since."""

    id: UUID
    outcome: Literal["ACCEPTED", "REFUSED"]
    decided_on: DateText
    reference: str
    reason: str | None
    recorded_at: datetime
    warnings: tuple[InsurerDecisionWarning, ...] = ()

    @classmethod
    def of(cls, decision: InsurerDecision, found: Sequence[Contradiction]) -> InsurerDecisionAnswer:
        mine = any((one.claim, one.decided_on) == (decision.claim, decision.decided_on) for one in found)
        warnings = (InsurerDecisionWarning.OTHERWISE_SAME_DAY,) if mine else ()
        return cls.model_validate(decision).model_copy(update={"warnings": warnings})


class PaymentsAnswer(Answer):
    """All that an insurer decided about a claim and paid for it, what it paid too much, and what became of that."""

    decisions: list[InsurerDecisionAnswer]
    payments: list[PaymentAnswer]
    excesses: list[ExcessAnswer]
    reviews: list[PaymentReviewAnswer]


@router.get("/{claim}/payments", operation_id="list_claim_payments", summary="Décisions et versements de l'assureur")
async def list_claim_payments(
    claim: ClaimId, tx: Tx, rules: Rules, clock: Now, _caller: Reader, *, response: Response
) -> PaymentsAnswer:
    opened = (await look(tx, claim, rules, clock.day())).claim
    about(response, opened.agent)
    who = [(opened.employer, opened.agent)]
    above, contradictions = await payments.above_decided(tx, who), await payments.contradictions(tx, who)
    return PaymentsAnswer(
        decisions=[InsurerDecisionAnswer.of(one, contradictions) for one in await payments.decisions(tx, claim)],
        payments=[PaymentAnswer.of(one, above) for one in await payments.payments(tx, claim)],
        excesses=[ExcessAnswer.model_validate(one) for one in above if one.claim == claim],
        reviews=[PaymentReviewAnswer.model_validate(one) for one in await payments.reviews(tx, claim)],
    )


@router.post(
    "/{claim}/payments",
    status_code=201,
    operation_id="record_claim_payment",
    summary="Noter un versement de l'assureur",
)
async def record_claim_payment(
    claim: ClaimId,
    body: PaymentRequest,
    caller: Writer,
    tx: Tx,
    rules: Rules,
    *,
    clock: Now,
    response: Response,
    _once: Idempotent,
) -> PaymentAnswer:
    opened = await hold(tx, claim, rules, clock.day())
    about(response, opened.claim.agent)
    check_month(body.month, opened.begun, opened.today, "/month")
    opened.check_day(body.paid_on, "/paid_on")
    payment = Payment(
        id=new_id(),
        employer=opened.claim.employer,
        claim=claim,
        month=body.month,
        amount=body.amount,
        paid_on=body.paid_on,
        payee=body.payee.value,
        reference=body.reference,
        recorded_at=clock.instant(),
        recorded_by=caller.client,
    )
    return PaymentAnswer.of(*await record_payment(tx, opened, payment, rules))


@router.post(
    "/{claim}/insurer-decisions",
    status_code=201,
    operation_id="record_insurer_decision",
    summary="Noter une décision de l'assureur",
)
async def record_insurer_decision(
    claim: ClaimId,
    body: InsurerDecisionRequest,
    caller: Writer,
    tx: Tx,
    rules: Rules,
    *,
    clock: Now,
    response: Response,
    _once: Idempotent,
) -> InsurerDecisionAnswer:
    opened = await hold(tx, claim, rules, clock.day())
    about(response, opened.claim.agent)
    opened.check_day(body.on, "/on")
    decision = InsurerDecision(
        id=new_id(),
        employer=opened.claim.employer,
        claim=claim,
        outcome=body.outcome,
        decided_on=body.on,
        reference=body.reference,
        reason=body.reason,
        recorded_at=clock.instant(),
        recorded_by=caller.client,
    )
    return InsurerDecisionAnswer.of(*await record_decision(tx, opened, decision))


@router.get(
    "/advances",
    operation_id="export_advances",
    summary="Fichier de paie : ce que l'employeur avance (CSV)",
    response_class=Response,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
async def export_advances(
    tx: Tx,
    caller: Reader,
    employer: Annotated[SiretText, Query(description="SIRET de l'employeur.")],
    month: Annotated[str, Query(pattern=BOUNDED_MONTH_PATTERN, description="Dernier mois pris en compte, AAAA-MM.")],
) -> Response:
    caller.check_employer(employer)
    rows = await payments.advances(tx, employer, Month.parse(month))
    headers = {"content-disposition": f'attachment; filename="avances-{employer}-{month}.csv"'}
    response = Response(_csv(rows), media_type="text/csv; charset=utf-8", headers=headers)
    about(response, *dict.fromkeys(row.agent for row in rows))
    return response


def _csv(rows: list[Advance]) -> str:
    """One line for each month of a claim, separated by semicolons, as payroll software reads it."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([row.agent, row.claim, row.month, row.due, row.paid, row.due - row.paid])
    return out.getvalue()
