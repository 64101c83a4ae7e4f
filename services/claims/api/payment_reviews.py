"""What became of what an insurer paid above anything decided for a month."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field
from starlette.responses import Response

from kit.http.auth import Principal, requires
from kit.http.route import Idempotent, Now, Rules, Tx, service_router
from kit.http.subject import about
from kit.http.types import Amount, Answer, Code, DateText, MonthText, Request, Text, example
from kit.money import Money
from kit.recording import Recording
from services.claims.api.parameters import ClaimId
from services.claims.application.handle_claim import hold
from services.claims.application.record_payment import Reviewing, record_review
from services.claims.domain.overpayment import ReviewOutcome

router = service_router(prefix="/v1/claims", tags=["Versements"])


class PaymentReviewRequest(Request):
    """What became of what was paid too much for a month, in the amount that was seen, under a reference of its own."""

    model_config = example(
        {
            "month": "2026-06",
            "outcome": "RETURNED",
            "amount": "50.00",
            "on": "2026-07-05",
            "note": "Reversé à l'assureur par mandat.",
            "reference": "REV-2026-0001",
        }
    )

    month: MonthText
    outcome: ReviewOutcome
    amount: Annotated[Amount, Field(gt=Money.zero())]
    on: DateText
    note: Text
    reference: Code


class PaymentReviewAnswer(Answer):
    """What somebody said of it, and when; `on`: the day on which it was returned, or accepted."""

    id: UUID
    month: MonthText
    outcome: ReviewOutcome
    amount: Amount
    on: DateText = Field(validation_alias="happened_on")
    note: str
    reference: str
    recorded_at: datetime
    recorded_by: str


class ExcessAnswer(Answer):
    """A month of which `amount` is to be looked into: of all that was `paid` and not returned, beyond anything
    decided, and accepted by nobody.
    """

    month: MonthText
    paid: Amount
    decided: Amount
    amount: Amount


@router.post(
    "/{claim}/payment-reviews",
    status_code=201,
    operation_id="review_claim_payments",
    summary="Dire ce qu'est devenu ce que l'assureur a versé en trop",
)
async def review_claim_payments(
    claim: ClaimId,
    body: PaymentReviewRequest,
    caller: Annotated[Principal, requires("claims:write")],
    tx: Tx,
    rules: Rules,
    *,
    clock: Now,
    response: Response,
    _once: Idempotent,
) -> PaymentReviewAnswer:
    """Accepted, it stays where it is and nobody owes it; returned, it counts as paid no longer."""
    opened = await hold(tx, claim, rules, clock.day())
    about(response, opened.claim.agent)
    opened.check_day(body.on, "/on")
    said = Reviewing(body.month, body.outcome, body.amount, body.on, body.note, body.reference)
    known = await record_review(tx, opened, said, Recording(clock.instant(), caller.client))
    return PaymentReviewAnswer.model_validate(known)
