"""What social security should pay: a check on what it was notified to pay, never a substitute for it (rulebook §2).

Allowances are paid per calendar day, pay in thirtieths: the two are never converted into one another.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

from kit.money import CENTS_PER_EURO, Money
from kit.period import ONE_DAY, Month, Period, add_months, add_years
from kit.trace import Trace
from rules.book import NoValueAt, Rules
from rules.pay import PayElements


class AllowanceKind(StrEnum):
    """By which rules a daily allowance is paid."""

    SICKNESS = "SICKNESS"  # régime général
    ACCIDENT = "ACCIDENT"  # AT/MP
    SPECIAL = "SPECIAL"  # régime spécial, paid by the employer to an agent without pay


class Doubt(StrEnum):
    """Why a notified allowance is worth a second look."""

    ABOVE_CAP = "ABOVE_CAP"
    IN_WAITING_DAYS = "IN_WAITING_DAYS"
    BEYOND_DURATION = "BEYOND_DURATION"
    ABOVE_EXPECTED = "ABOVE_EXPECTED"


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop of the régime général: its first day, and the days already paid for before it.

    `long_illness`: of an ALD, whose allowances run for years without a number of days.
    """

    start: date
    paid_before: Collection[date] = ()
    waiting_waived: bool = False
    long_illness: bool = False


@dataclass(frozen=True, slots=True)
class Notified:
    """What is paid a day, net, over an interval; `stop` None: nobody said of which stop."""

    kind: AllowanceKind
    period: Period
    daily: Money
    stop: Stop | None


def sickness(salaries: Sequence[Money], start: date, rules: Rules) -> Money:
    """The gross daily allowance of the régime général, from the last three monthly salaries. Raises NoValueAt.

    Each salary is capped at a number of SMIC, both read on the first day of the stop (R. 323-4 CSS).
    """
    return _capped(_daily(salaries, start, rules, _salary_cap(start, rules)), start, rules)


def special(pay: Money, sft: Money, start: date, rules: Rules) -> Money:
    """The daily allowance of a CNRACL agent without pay: a share of TIB and IR (`pay`), capped, and the whole SFT.

    Neither RI nor NBI count (décret 60-58 art. 4). Raises NoValueAt.
    """
    share = rules.at("ijss.special.share", start).rate
    months = (pay, pay, pay)
    base = _capped(_daily(months, start, rules, None, share.value), start, rules)
    return base + _daily((sft, sft, sft), start, rules, None, Fraction(1))


def accident(daily_wage: Money, day: int, start: date, rules: Rules) -> Money:
    """The daily allowance of an accident's `day`-th day, counted from 1 (BIP:ntico3). Raises NoValueAt."""
    first = rules.at("ijss.atmp.first_days", start).integer
    rule = "ijss.atmp.first_rate" if day <= first else "ijss.atmp.later_rate"
    return daily_wage * rules.at(rule, start).rate


def net(gross: Money, day: date, rules: Rules) -> Money:
    """What is left of an allowance after CSG and CRDS, each rounded. Raises NoValueAt."""
    return gross - gross * rules.at("ijss.csg_rate", day).rate - gross * rules.at("ijss.crds_rate", day).rate


def paid_days(stop: Stop, period: Period, rules: Rules) -> list[date]:
    """The days of a stop that are paid: after the waiting days, and within what three years allow. Raises NoValueAt."""
    waiting = 0 if stop.waiting_waived else rules.at("ijss.waiting_days", stop.start).integer
    if stop.long_illness:
        last = add_years(stop.start, rules.at("ijss.ald.years", stop.start).integer) - ONE_DAY
        return [day for day in period if stop.start + timedelta(days=waiting) <= day <= last]
    most, years = rules.at("ijss.max_days", stop.start).integer, rules.at("ijss.window_years", stop.start).integer
    used, gone = sorted(before for before in stop.paid_before if before < period.start), 0
    found = []
    for day in period:
        if day < stop.start + timedelta(days=waiting):
            continue
        floor = add_years(day, -years)
        while gone < len(used) and used[gone] <= floor:
            gone += 1
        if len(used) - gone < most:
            found.append(day)
            used.append(day)
    return found


def doubts(kind: AllowanceKind, period: Period, daily_net: Money, stop: Stop, rules: Rules) -> tuple[Doubt, ...]:
    """What of a notified sickness allowance could not be, by the rules of the stop's first day. Raises NoValueAt."""
    if kind is not AllowanceKind.SICKNESS:
        return ()
    found = []
    if daily_net > net(rules.at("ijss.cap_daily", stop.start).money, stop.start, rules):
        found.append(Doubt.ABOVE_CAP)
    waiting = 0 if stop.waiting_waived else rules.at("ijss.waiting_days", stop.start).integer
    if period.start < stop.start + timedelta(days=waiting):
        found.append(Doubt.IN_WAITING_DAYS)
    after = [day for day in period if day >= stop.start + timedelta(days=waiting)]
    if len(paid_days(stop, period, rules)) < len(after):
        found.append(Doubt.BEYOND_DURATION)
    return tuple(found)


def expected(one: Notified, pay: Mapping[Month, PayElements], rules: Rules) -> tuple[Money, Trace] | None:
    """What the rules of its stop's first day give a day, net of CSG and CRDS, on the first day it is about; and why.

    `pay`: the months that are known; None where one is missing, or nobody said of which stop it is. Raises NoValueAt.
    """
    return None if one.stop is None else _expected(one.kind, one.period.start, one.stop.start, pay, rules)


def all_doubts(
    one: Notified, others: Iterable[Notified], pay: Mapping[Month, PayElements], rules: Rules
) -> tuple[Doubt, ...] | None:
    """What is doubtful of a notification, days that `others` pay before it counted.

    None where nobody said of which stop it is, or vouches for the rules of that day.
    """
    if one.stop is None:
        return None
    earlier = [other.period for other in others if _counts(other) and other.period.start < one.period.start]
    before = {day for period in earlier for day in period}
    try:
        found = doubts(one.kind, one.period, one.daily, replace(one.stop, paid_before=before), rules)
        most = _expected(one.kind, one.period.last, one.stop.start, pay, rules)
    except NoValueAt:
        return None
    if most is not None and one.daily > most[0] and Doubt.ABOVE_CAP not in found:
        found = (*found, Doubt.ABOVE_EXPECTED)
    return found


def _counts(other: Notified) -> bool:
    """Towards the days that three years allow: those of an ALD have a time of their own."""
    return other.kind is AllowanceKind.SICKNESS and not (other.stop is not None and other.stop.long_illness)


def _expected(
    kind: AllowanceKind, day: date, start: date, pay: Mapping[Month, PayElements], rules: Rules
) -> tuple[Money, Trace] | None:
    count = rules.at("ijss.months", start).integer if kind is AllowanceKind.SICKNESS else 1
    months = [Month.of(add_months(start, -back)) for back in range(count, 0, -1)]
    if any(month not in pay for month in months):
        return None
    inputs: dict[str, object] = {"stop_start": start}
    inputs |= {"pay": {str(month): pay[month].total for month in months}}
    last, rule = pay[months[-1]], rules.at("ijss.rate", start)
    if kind is AllowanceKind.SICKNESS:
        gross = sickness([pay[month].total for month in months], start, rules)
    elif kind is AllowanceKind.SPECIAL:
        rule = rules.at("ijss.special.share", start)
        inputs = {"stop_start": start, "base": last.tib + last.ir, "sft": last.sft}
        gross = special(last.tib + last.ir, last.sft, start, rules)
    else:
        divisor = rules.at("ijss.atmp.divisor", start)
        wage = Money.rounded(Fraction(last.total.cents) / Fraction(divisor.value) / CENTS_PER_EURO)
        rule, gross = divisor, accident(wage, (day - start).days + 1, start, rules)
        inputs |= {"daily_wage": wage, "day": (day - start).days + 1}
    amount = net(gross, start, rules)
    return amount, Trace(rule.id, rule.reference, {**inputs, "gross": gross}, amount)


def cnracl_pension(quarters: int, needed: int, monthly: Money, rate: Fraction, *, day: date, rules: Rules) -> Money:
    """The monthly pension of a retirement for invalidity (décret 2003-1306): quarters, with a floor from a rate on.

    `rate` is the invalidity rate, never rounded (CE 17 sept. 2018 n° 416308). Raises NoValueAt.
    """
    share = Fraction(quarters, needed) * Fraction(rules.at("invalidity.cnracl.full_share", day).value)
    floor_from = rules.at("invalidity.cnracl.floor_from_rate", day)
    if rate >= Fraction(floor_from.value):
        share = max(share, Fraction(rules.at("invalidity.cnracl.floor_share", day).value))
    return monthly * share


def _salary_cap(start: date, rules: Rules) -> Fraction:
    """In exact cents."""
    smic = rules.at("smic.monthly", start).money
    return smic.cents * Fraction(rules.at("ijss.cap_smic", start).value)


def _daily(salaries: Sequence[Money], start: date, rules: Rules, cap: Fraction | None, share: object = None) -> Money:
    part = Fraction(rules.at("ijss.rate", start).value) if share is None else Fraction(str(share))
    exact = sum((min(Fraction(one.cents), cap) if cap is not None else Fraction(one.cents)) for one in salaries)
    days = Fraction(rules.at("ijss.divisor", start).value)
    return Money.rounded(Fraction(exact) * part / days / CENTS_PER_EURO)


def _capped(amount: Money, start: date, rules: Rules) -> Money:
    return min(amount, rules.at("ijss.cap_daily", start).money)
