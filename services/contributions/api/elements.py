"""The elements of a month's pay, as simulations and the intake read them."""

from __future__ import annotations

from typing import Final

from kit.http.types import Amount, Request
from kit.money import Money
from rules.pay import PayElements

ZERO: Final = Money.zero()


class ElementsRequest(Request):
    """Gross monthly amounts; flat pay of cabinet staff is sent as `tib`. `tpp` left out is given by the rule."""

    tib: Amount
    nbi: Amount = ZERO
    ri: Amount = ZERO
    sft: Amount = ZERO
    ir: Amount = ZERO
    tpp: Amount | None = None

    def elements(self, other: Money = ZERO) -> PayElements:
        """The elements with value types, and the sum of those no rule reads."""
        return PayElements(tib=self.tib, nbi=self.nbi, ri=self.ri, sft=self.sft, ir=self.ir, other=other, tpp=self.tpp)
