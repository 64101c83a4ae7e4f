"""`POST /v1/simulations/contributions/terms`: what another version of an accord would cost. Writes nothing."""

from __future__ import annotations

from typing import Annotated, Any

from kit.http.auth import Principal, requires
from kit.http.route import Rules, Tx, service_router
from kit.http.types import Answer, Code, MonthText, Request, SignedAmount, example
from rules.vocabulary import Guarantee
from services.contributions.application.price_terms import price_terms

router = service_router(prefix="/v1/simulations", tags=["Simulations"])


class TermsRequest(Request):
    """The accord's document as it would read, and the month to compare: with the terms known, on the last pay known."""

    model_config = example(
        {"agreement": "la-roche-sur-yon-2025", "month": "2026-01", "document": {"agreement": "la-roche-sur-yon-2025"}}
    )

    agreement: Code
    document: dict[str, Any]
    month: MonthText


class SharesAnswer(Answer):
    """A sum of contributions."""

    amount: SignedAmount
    employer: SignedAmount
    agent: SignedAmount


class GuaranteePriceAnswer(Answer):
    """One guarantee; `agents` counts those whose contribution changes."""

    guarantee: Guarantee
    agents: int
    before: SharesAnswer
    after: SharesAnswer


class TermsPriceAnswer(Answer):
    """`agents`: for whom anything changes; `unpriced`: of whom too little is known."""

    agents: int
    unpriced: int
    before: SharesAnswer
    after: SharesAnswer
    guarantees: list[GuaranteePriceAnswer]


@router.post("/contributions/terms", operation_id="price_terms", summary="Coût d'une autre version d'un accord")
async def price(
    body: TermsRequest, caller: Annotated[Principal, requires("simulations:run")], tx: Tx, rules: Rules
) -> TermsPriceAnswer:
    found = await price_terms(tx, body.agreement, body.document, body.month, employers=caller.employers, rules=rules)
    return TermsPriceAnswer.model_validate(found)
