"""What was paid and is no longer due: how much, until when it may be asked back, and how it is settled.

Two clocks run, and neither replaces the other: the employer's on the pay it advanced, the insurer's on its benefit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

from kit.money import Money
from kit.period import ONE_DAY, Month, add_months, add_years
from rules.book import Rules
from rules.vocabulary import Guarantee
from services.claims.domain.errors import MoreThanOwed, ScheduleTooLong

ZERO: Final = Money.zero()


class OverpaymentKind(StrEnum):
    """What had been paid."""

    BENEFIT = "BENEFIT"
    ANNUITY = "ANNUITY"
    CAPITAL = "CAPITAL"


class MovementKind(StrEnum):
    """What makes an overpayment smaller."""

    COMPENSATED = "COMPENSATED"  # the same month is due again
    RECOVERED = "RECOVERED"  # paid back
    WAIVED = "WAIVED"  # given up, for a reason


class ReviewOutcome(StrEnum):
    """What became of what the insurer paid beyond anything decided."""

    ACCEPTED = "ACCEPTED"  # it stays where it is, and nobody owes it
    RETURNED = "RETURNED"  # paid back to the insurer


class LateRecovery(StrEnum):
    """Whose time to ask was over when a part was paid back, which is a fact all the same."""

    EMPLOYER_CLOCK_OVER = "employer_clock_over"
    INSURER_CLOCK_OVER = "insurer_clock_over"


class WaiverGround(StrEnum):
    """Why what is owed is given up."""

    ACQUIRED_HALF_PAY = "ACQUIRED_HALF_PAY"  # CE 9 nov. 2018 n° 412684
    PRESCRIBED = "PRESCRIBED"
    HARDSHIP = "HARDSHIP"
    INSURER_DECISION = "INSURER_DECISION"
    SMALL_AMOUNT = "SMALL_AMOUNT"


@dataclass(frozen=True, slots=True)
class Clock:
    """The last day on which something may be asked back, and by which rule; `until` None: nobody can tell."""

    until: date | None
    reference: str


@dataclass(frozen=True, slots=True)
class Clocks:
    """The employer's, and the insurer's."""

    employer: Clock
    insurer: Clock


@dataclass(frozen=True, slots=True)
class Instalment:
    """A part of what is owed, and the day it falls due."""

    due: date
    amount: Money


@dataclass(frozen=True, slots=True)
class Owed:
    """What one overpayment leaves to be settled."""

    amount: Money
    settled: Money

    @property
    def balance(self) -> Money:
        return self.amount - self.settled

    def less(self, amount: Money) -> Owed:
        """After a movement. Raises MoreThanOwed beyond the balance, or for nothing at all."""
        if not amount or amount > self.balance:
            raise MoreThanOwed(pointer="/amount")
        return Owed(self.amount, self.settled + amount)


@dataclass(frozen=True, slots=True)
class LaidOut:
    """What left the hands of those who pay for a month of a claim: approved, or noted as paid and not returned."""

    approved: Money = ZERO
    paid: Money = ZERO

    def overpaid(self, month: Month, before: Money, after: Money, today: date) -> Money:
        """What of a lowered amount must come back; what nobody approved or paid was only worked out.

        Benefits are paid in arrears: of a month that is not over only what is noted as paid counts.
        """
        out = max(self.paid, self.approved if month.last < today else ZERO)
        return (min(before, out) - after).floored_at_zero()


def presumed_overpaid(month: Month, change: Money, today: date) -> Money:
    """The same of annuities and capitals, which nobody approves here: they count as paid once their month is over."""
    return (-change).floored_at_zero() if month.last < today else ZERO


def monthly_changes(
    since: date, before: Callable[[Month], Money], after: Callable[[Month], Money], today: date
) -> list[tuple[Month, Money]]:
    """What a new version of a monthly amount changes in each month that is over, from a day on."""
    months: list[tuple[Month, Money]] = []
    month = Month.of(since)
    while month.last < today:
        change = after(month) - before(month)
        if change:
            months.append((month, change))
        month = month.next()
    return months


def clocks(month: Month, guarantee: Guarantee, opened_on: date, code: str | None, rules: Rules) -> Clocks:
    """Until when a month's overpayment of a guarantee may be asked back.

    The employer: years from the first day of the month after the payment (loi 2000-321 art. 37-1). The insurer: by the
    code it is under and the risk that the guarantee covers; None while nobody knows the code. Raises NoValueAt.
    """
    pay = rules.at("recovery.pay.years", opened_on)
    employer = Clock(add_years(add_months(month.first, 1), pay.integer) - ONE_DAY, pay.reference)
    if code is None:
        return Clocks(employer, Clock(None, "code dont relève l'assureur : inconnu"))
    rule = rules.at(f"prescription.{code}.{risk_of(guarantee, opened_on, rules)}", opened_on)
    return Clocks(employer, Clock(add_years(opened_on, rule.integer), rule.reference))


def late_recovery(on: date, employer_until: date, insurer_until: date | None) -> tuple[LateRecovery, ...]:
    """The clocks that had run out on the day something was paid back."""
    ends = {LateRecovery.EMPLOYER_CLOCK_OVER: employer_until, LateRecovery.INSURER_CLOCK_OVER: insurer_until}
    return tuple(clock for clock, until in ends.items() if until is not None and until < on)


def risk_of(guarantee: Guarantee, day: date, rules: Rules) -> str:
    """The risk that a guarantee is prescribed as: INCAPACITY, DEATH or OTHER. Raises NoValueAt."""
    rows = rules.table("prescription.risks", day)
    return next(str(row["risk"]) for row in rows if row["guarantee"] == guarantee)


def compensated(due_again: Money, balances: Sequence[tuple[Any, Money]]) -> list[tuple[Any, Money]]:
    """How an amount due again lowers open overpayments of the same month, the oldest first."""
    taken = []
    for which, balance in balances:
        part = min(balance, due_again)
        if part.cents > 0:
            taken.append((which, part))
            due_again = due_again - part
    return taken


def schedule(balance: Money, count: int, first_due: date) -> tuple[Instalment, ...]:
    """Equal monthly instalments; the first takes the cents that do not divide. Raises ScheduleTooLong."""
    if not 0 < count <= balance.cents:
        raise ScheduleTooLong(pointer="/instalments")
    each, rest = divmod(balance.cents, count)
    return tuple(
        Instalment(add_months(first_due, place), Money(each + (rest if not place else 0))) for place in range(count)
    )


def left_of(planned: Sequence[Instalment], balance: Money) -> tuple[Instalment, ...]:
    """What a schedule still asks for: whatever was settled since it was agreed on counts for what falls due first."""
    settled, left = Money.sum(one.amount for one in planned) - balance, []
    for one in planned:
        part = min(one.amount, settled)
        settled = settled - part
        if part < one.amount:
            left.append(Instalment(one.due, one.amount - part))
    return tuple(left)


def legal_code(document: Mapping[str, Any], day: date) -> str | None:
    """The code that the accord's insurer is under on a day; None when the accord does not say."""
    for insurer in document.get("insurers", ()):
        ends = insurer.get("to")
        if insurer["from"] <= day.isoformat() and (ends is None or day.isoformat() <= ends):
            code = insurer.get("legal_code")
            return None if code is None else str(code)
    return None
