"""The pay of one month under one employment, and several of them together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from kit.money import Money
from kit.period import Month
from kit.rate import Rate
from rules.pay import PayElements

ADDED: Final = ("tib", "nbi", "ri", "sft", "ir", "other")


@dataclass(frozen=True, slots=True)
class PayLine:
    """The current version of a month's pay.

    `employment` names one of several; None: the agent has one. `share_of_pay` is the fraction of the full traitement
    paid in the month (half pay: 0.5); None: the payroll does not say.
    """

    month: Month
    version: int
    pay: PayElements
    employment: str | None = None
    share_of_pay: Rate | None = None


def added_up(lines: Sequence[PayLine]) -> PayLine:
    """Several employments of one month as one line, for what is computed per agent. Not empty; one stays itself."""
    if len(lines) == 1:
        return lines[0]
    pays = [line.pay for line in lines]
    stated = [pay.tpp for pay in pays if pay.tpp is not None]
    amounts = {name: Money.sum(getattr(pay, name) for pay in pays) for name in ADDED}
    pay = PayElements(**amounts, tpp=Money.sum(stated) if stated else None)
    return replace(lines[0], pay=pay, employment=None, share_of_pay=None)
