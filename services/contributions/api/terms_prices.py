"""`POST /v1/simulations/contributions/terms`: what another version of an accord would cost. Writes nothing."""

from __future__ import annotations

from typing import Annotated, Any, Final, Self

from kit.http.auth import Principal, requires
from kit.http.route import Rules, Tx, service_router
from kit.http.types import Answer, Code, DateText, MonthText, Request, SignedAmount, example
from rules.vocabulary import Guarantee
from services.contributions.application.price_days import price_days
from services.contributions.application.price_terms import price_terms
from services.contributions.domain.delta import Amounts
from services.contributions.domain.what_if import WhatIf

router = service_router(prefix="/v1/simulations", tags=["Simulations"])
# Employers listed, those for whom most changes; the totals are those of all.
MAX_LISTED: Final = 200


class TermsRequest(Request):
    """The accord's document as it would read, and the month to compare: with the terms known, on the last pay known."""

    model_config = example(
        {
            "agreement": "la-roche-sur-yon-2025",
            "month": "2026-01",
            "document": {
                "effective": {"from": "2025-01-01"},
                "employers": [{"siret": "99985001900012", "from": "2025-01-01"}],
                "insurers": [{"code": "demo-a", "from": "2025-01-01"}],
                "guarantees": [
                    {
                        "code": "BASE",
                        "mandatory": True,
                        "populations": ["CNRACL", "IRCANTEC_FONCTIONNAIRE", "CONTRACTUEL_PUBLIC"],
                        "rates": [{"from": "2025-01-01", "rate": "0.0215", "employer_share": "1.0000"}],
                    }
                ],
                "contribution_base": [
                    {
                        "populations": ["CNRACL", "IRCANTEC_FONCTIONNAIRE", "CONTRACTUEL_PUBLIC"],
                        "elements": ["TIB", "NBI", "RI"],
                        "tpp": "AFTER",
                    }
                ],
            },
        }
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


class DaysRequest(Request):
    """The accord, two days on which to read it, and the month whose agents and last pay known are reckoned with."""

    model_config = example(
        {"agreement": "la-roche-sur-yon-2025", "before": "2025-12-31", "after": "2026-06-01", "month": "2026-01"}
    )

    agreement: Code
    before: DateText
    after: DateText
    month: MonthText


class DaysGuaranteeAnswer(Answer):
    """One guarantee, in the month, under either day's terms."""

    guarantee: Guarantee
    before: SharesAnswer
    after: SharesAnswer


class DaysEmployerAnswer(Answer):
    """One employer, every guarantee together."""

    employer: str
    before: SharesAnswer
    after: SharesAnswer


class DaysPriceAnswer(Answer):
    """A month's cost under the terms of either day. `agents` are covered, of `unpriced` of them too little is known."""

    agents: int
    unpriced: int
    before: SharesAnswer
    after: SharesAnswer
    guarantees: list[DaysGuaranteeAnswer]
    employers: list[DaysEmployerAnswer]

    @classmethod
    def of(cls, before: WhatIf, after: WhatIf) -> Self:
        (old,), (new,) = before.outcomes, after.outcomes
        changed = {key: new.employers[key] + -old.employers[key] for key in {*old.employers, *new.employers}}
        listed = sorted(changed, key=lambda key: (-abs(changed[key].amount.cents), key))[:MAX_LISTED]
        return cls(
            agents=before.agents,
            unpriced=before.unpriced,
            before=_shares(old.total),
            after=_shares(new.total),
            guarantees=[
                DaysGuaranteeAnswer(
                    guarantee=code,
                    before=_shares(old.guarantees[code].amounts),
                    after=_shares(new.guarantees[code].amounts),
                )
                for code in Guarantee
                if code in {*old.guarantees, *new.guarantees}
            ],
            employers=[
                DaysEmployerAnswer(employer=key, before=_shares(old.employers[key]), after=_shares(new.employers[key]))
                for key in listed
            ],
        )


def _shares(amounts: Amounts) -> SharesAnswer:
    return SharesAnswer.model_validate(amounts)


@router.post(
    "/contributions/terms/days", operation_id="price_days", summary="Coût des clauses d'un accord, d'un jour à l'autre"
)
async def price_between(
    body: DaysRequest, caller: Annotated[Principal, requires("simulations:run")], tx: Tx, rules: Rules
) -> DaysPriceAnswer:
    """The same agents under the terms of two days."""
    days = (body.before, body.after)
    found = await price_days(tx, body.agreement, days, body.month, employers=caller.employers, rules=rules)
    return DaysPriceAnswer.of(*found)
