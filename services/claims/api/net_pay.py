"""`POST /v1/simulations/net-pay`: what is read and what is shown."""

from __future__ import annotations

from typing import Any

from kit.http.types import Amount, Answer, MonthText, RateText, Request, SignedAmount
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

    month: MonthText
    regime: Regime
    category: Category | None = None
    pay: PayRequest


class LineAnswer(Answer):
    """A line of the payslip; the TPP has neither base nor rate, and is below zero."""

    code: LineCode
    base: Amount | None
    rate: RateText | None
    amount: SignedAmount


class ParameterAnswer(Answer):
    """A value of the law that was read."""

    id: str
    value: str
    from_: str
    reference: str

    model_config = Answer.model_config | {"alias_generator": lambda name: name.rstrip("_"), "populate_by_name": True}


class NetPayAnswer(Answer):
    """The payslip, the two nets that guarantees are made of, and why."""

    gross: SignedAmount
    lines: list[LineAnswer]
    net: SignedAmount
    net_tib_nbi: SignedAmount
    net_ri: SignedAmount
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
