"""AIT: the monthly allowance of a CNRACL agent in disponibilité, without other income (décret 60-58 art. 6).

As notified, or worked out of the reference pay (rulebook §2.4). Paid by the month, it goes by thirtieths as pay does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final

from kit.money import Money
from kit.period import Period
from kit.trace import Trace
from rules.book import Rules
from rules.pay import PayElements
from services.claims.domain.parameter import parameter

# The third group has the rules of the second, and an increase.
LAST_WITH_RULES: Final = 2
REFERENCE: Final = "décret 60-58 art. 6 (BIP:preinv)"


@dataclass(frozen=True, slots=True)
class TemporaryInvalidity:
    """The group of an agent over some days; `monthly` None: not notified, so the rule gives it."""

    period: Period
    group: int
    monthly: Money | None = None

    def in_month(self, pay: PayElements, part: Fraction, rules: Rules) -> tuple[Money, Trace]:
        """What is paid for a part of a month, rounded once. Raises NoValueAt where it is not notified."""
        steps: tuple[Trace, ...] = ()
        if self.monthly is None:
            whole = monthly_amount(self.group, pay.tib + pay.ir, pay.sft, self.period.start, rules)
            steps = _parameters(self.group, self.period.start, rules)
        else:
            whole = self.monthly
        amount = whole * part
        inputs = {"group": self.group, "given": self.monthly, "monthly": whole, "thirtieths": str(part)}
        inputs |= {} if self.monthly else {"base": pay.tib + pay.ir, "sft": pay.sft}
        return amount, Trace("benefit.temporary_invalidity", REFERENCE, inputs, amount, steps)


def monthly_amount(group: int, pay: Money, sft: Money, day: date, rules: Rules) -> Money:
    """A month of the allowance: `pay` is TIB and IR, a share of which is capped; the SFT comes whole beside.

    Raises NoValueAt.
    """
    share = rules.at(f"ait.group_{min(group, LAST_WITH_RULES)}.share", day).rate
    return min(pay * share + _third(group, pay * share, day, rules), most(group, day, rules)) + sft


def most(group: int, day: date, rules: Rules) -> Money:
    """The cap of a group, SFT aside: that of the second and a part more for the third. Raises NoValueAt."""
    cap = rules.at(f"ait.group_{min(group, LAST_WITH_RULES)}.cap", day).money
    return cap + _third(group, cap, day, rules)


def _parameters(group: int, day: date, rules: Rules) -> tuple[Trace, ...]:
    """The values of the law that the amount of a group rests on."""
    of = f"ait.group_{min(group, LAST_WITH_RULES)}"
    third = ("ait.group_3.increase",) if group > LAST_WITH_RULES else ()
    return tuple(parameter(rules.at(name, day)) for name in (f"{of}.share", f"{of}.cap", *third))


def _third(group: int, base: Money, day: date, rules: Rules) -> Money:
    return base * rules.at("ait.group_3.increase", day).rate if group > LAST_WITH_RULES else Money.zero()
