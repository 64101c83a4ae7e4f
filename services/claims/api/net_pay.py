"""`POST /v1/simulations/net-pay`: what is read and what is shown."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from kit.http.types import Amount, Answer, MonthText, RateText, Request, SignedAmount, example
from rules.book import Recorder
from rules.pay import PayElements
from rules.vocabulary import Category, Regime
from services.claims.domain.net_pay import LineCode, NetPay

ZERO = PayElements().nbi


class PayRequest(Request):
    """Gross monthly elements; `tpp` left out is given by the rule."""

    tib: Amount
    nbi: Amount = ZERO
    ri: Amount = ZERO
    sft: Amount = ZERO
    ir: Amount = ZERO
    tpp: Amount | None = None

    def elements(self) -> PayElements:
        return PayElements(tib=self.tib, nbi=self.nbi, ri=self.ri, sft=self.sft, ir=self.ir, tpp=self.tpp)


class NetPayRequest(Request):
    """A month's gross pay in a regime; the category gives a fonctionnaire's TPP."""

    model_config = example(
        {
            "month": "2026-01",
            "regime": "CNRACL",
            "category": "C",
            "pay": {"tib": "2067.57", "nbi": "73.84", "ri": "300.00"},
        }
    )

    month: MonthText
    regime: Regime
    category: Category | None = None
    pay: PayRequest


class LineAnswer(Answer):
    """A line of the payslip; the TPP has neither base nor rate, and is below zero."""

    code: LineCode
    base: Amount | None
    rate: RateText | None
    amount: Annotated[
        SignedAmount,
        Field(description="Retenue en euros ; seul le transfert primes/points est négatif.", examples=["229.50"]),
    ]


class ParameterAnswer(Answer):
    """A value of the law that was read."""

    id: str
    value: str
    from_: str
    reference: str

    model_config = Answer.model_config | {"alias_generator": lambda name: name.rstrip("_"), "populate_by_name": True}


class NetPayAnswer(Answer):
    """The payslip, the two nets that guarantees are made of, and why."""

    gross: Annotated[SignedAmount, Field(description="Brut du mois, après TPP.", examples=["2427.49"])]
    lines: list[LineAnswer]
    net: Annotated[SignedAmount, Field(description="Net du mois.", examples=["1944.14"])]
    net_tib_nbi: Annotated[
        SignedAmount, Field(description="Net du traitement et de la NBI, sans SFT ni IR.", examples=["1699.63"])
    ]
    net_ri: Annotated[SignedAmount, Field(description="Net du régime indemnitaire.", examples=["244.51"])]
    parameters: list[ParameterAnswer]
    trace: dict[str, Any]

    @classmethod
    def of(cls, found: NetPay, rules: Recorder) -> NetPayAnswer:
        return cls(
            gross=found.gross,
            lines=[LineAnswer.model_validate(line) for line in found.lines],
            net=found.net,
            net_tib_nbi=found.net_tib_nbi,
            net_ri=found.net_ri,
            parameters=[ParameterAnswer.model_validate(value) for value in rules.parameters()],
            trace=found.trace.json(),
        )
