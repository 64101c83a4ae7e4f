"""The pay of one month under one employment, and several of them together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from kit.money import Money
from kit.period import Month
from kit.rate import Rate
from rules.pay import PayElements

ADDED: Final = ("tib", "nbi", "ri", "sft", "ir", "other")
WHOLE: Final = Rate(Decimal(1))
# As fine as a share is stored.
FINEST: Final = Decimal("0.000001")  # lint(law) because it is the precision of a column, no law


@dataclass(frozen=True, slots=True)
class PayLine:
    """The current version of a month's pay.

    `employment` names one of several; None: the agent has one. `share_of_pay` is the fraction of the full traitement
    paid in the month (half pay: 0.5); None: the payroll does not say. `gross` is the assiette of CSS L. 242-1, where
    the payroll states it. `paid_in` makes it a rappel: what a later month's pay adds to this one, or takes back.
    """

    month: Month
    version: int
    pay: PayElements
    employment: str | None = None
    share_of_pay: Rate | None = None
    gross: Money | None = None
    paid_in: Month | None = None

    @property
    def whole(self) -> Money:
        """All of it, as private law counts it."""
        return self.pay.total if self.gross is None else self.gross


def added_up(lines: Sequence[PayLine]) -> PayLine:
    """What is paid for one month as one line, for what is computed per agent: several employments, rappels. Not empty.

    The TPP is withheld once, by the month's own pay: a rappel alone owes none.
    """
    if len(lines) == 1 and lines[0].paid_in is None:
        return lines[0]
    own = [line for line in lines if line.paid_in is None]
    stated = [line.pay.tpp for line in own if line.pay.tpp is not None]
    tpp = Money.sum(stated) if stated or not own else None
    amounts = {name: Money.sum(getattr(line.pay, name) for line in lines) for name in ADDED}
    gross = Money.sum(line.whole for line in lines) if any(line.gross is not None for line in lines) else None
    pay = PayElements(**amounts, tpp=tpp)
    return replace(lines[0], pay=pay, employment=None, share_of_pay=_share(own), gross=gross, paid_in=None)


def _share(lines: Sequence[PayLine]) -> Rate | None:
    """The share of the full traitement that several employments pay together, each weighing its full traitement."""
    shares = {line.share_of_pay for line in lines}
    if len(shares) <= 1:
        return next(iter(shares), None)
    paid = [line for line in lines if line.pay.tib and line.share_of_pay != Rate(Decimal(0))]
    full = sum(line.pay.tib.cents / (line.share_of_pay or WHOLE).value for line in paid)
    together = Decimal(sum(line.pay.tib.cents for line in paid))
    return Rate((together / full).quantize(FINEST, ROUND_HALF_UP)) if full else WHOLE
