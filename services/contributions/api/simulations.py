"""`POST /v1/simulations/contributions`: what a month would cost. Writes nothing, calls no other service."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import Field

from kit.errors import pointing_at
from kit.http.auth import requires
from kit.http.route import Rules, Tx, service_router
from kit.http.types import Amount, Answer, Code, MonthText, RateText, Request, SignedAmount, example
from rules.vocabulary import Category, Guarantee, Regime
from services.contributions.adapters import terms
from services.contributions.api.elements import ElementsRequest
from services.contributions.domain.errors import UnknownAgreement
from services.contributions.domain.line import Line
from services.contributions.domain.simulation import Answer as Simulated
from services.contributions.domain.simulation import Question, simulate
from services.contributions.domain.terms_document import read_terms

router = service_router(prefix="/v1/simulations", tags=["Simulations"])
MAX_GUARANTEES = 20


class ContributionsRequest(Request):
    """Either `base`, or `pay` with `regime` (and `category` for a fonctionnaire with a régime indemnitaire)."""

    model_config = example(
        {
            "agreement": "la-roche-sur-yon-2025",
            "month": "2025-06",
            "base": "2400.00",
            "guarantees": ["BASE", "DEATH", "RETIREMENT_LOSS", "RI_FULL_PAY"],
        }
    )

    agreement: Code
    month: MonthText
    base: Amount | None = None
    pay: ElementsRequest | None = None
    regime: Regime | None = None
    category: Category | None = None
    guarantees: Annotated[list[Guarantee], Field(max_length=MAX_GUARANTEES)]

    def question(self) -> Question:
        return Question(
            month=self.month,
            guarantees=self.guarantees,
            base=self.base,
            pay=self.pay.elements() if self.pay else None,
            regime=self.regime,
            category=self.category,
        )


class LineAnswer(Answer):
    """One guarantee. `unresolved`: the accord does not say who pays for it (rulebook S1)."""

    guarantee: Guarantee
    base: SignedAmount
    rate: RateText
    amount: SignedAmount
    employer: SignedAmount
    agent: SignedAmount
    unresolved: bool


class TotalAnswer(Answer):
    """The sums of the lines."""

    amount: SignedAmount
    employer: SignedAmount
    agent: SignedAmount


class ContributionsAnswer(Answer):
    """`rates_guaranteed` is false when a rate is used beyond its guarantee (accord art. 5.3)."""

    lines: list[LineAnswer]
    total: TotalAnswer
    rates_guaranteed: bool
    trace: dict[str, Any]

    @classmethod
    def of(cls, found: Simulated) -> Self:
        return cls(
            lines=[_line(line) for line in found.lines],
            total=TotalAnswer.model_validate(found.total),
            rates_guaranteed=found.rates_guaranteed,
            trace=found.trace.json(),
        )


def _line(line: Line) -> LineAnswer:
    return LineAnswer.model_validate(line)


@router.post(
    "/contributions",
    operation_id="simulate_contributions",
    summary="Cotisations d'un mois, par garantie",
    dependencies=[requires("simulations:run")],
)
async def simulate_contributions(body: ContributionsRequest, tx: Tx, rules: Rules) -> ContributionsAnswer:
    documents = await terms.documents(tx, [body.agreement])
    if body.agreement not in documents:
        raise UnknownAgreement(pointer="/agreement")
    with pointing_at("/month"):
        question = body.question()
        accord = read_terms(documents[body.agreement]).of_employer(None, question.month)
        found = simulate(accord, question, rules)
    return ContributionsAnswer.of(found)
