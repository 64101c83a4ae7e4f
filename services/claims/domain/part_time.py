"""Part-time work before and during a leave: its pay holds until the authorisation ends, then that of full time revives.

Décret 2004-777 art. 9 (rulebook §1.4): 60 % of full time gives 54 % at 90 %, 30 % at half pay.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final

from kit.period import Month, Period, cut
from kit.rate import Rate
from rules.book import Rules
from services.claims.domain.entitlement import PaidPeriod

FULL_TIME: Final = Fraction(1)


@dataclass(frozen=True, slots=True)
class PartTime:
    """An authorisation: its days, and the share of full time that is worked."""

    period: Period
    quotity: Rate


def share_of_full_time(authorised: Sequence[PartTime], day: date, rules: Rules) -> Fraction:
    """The part of full-time pay that the agent's pay is on a day. Raises NoValueAt."""
    held = next((one for one in authorised if day in one.period), None)
    if held is None:
        return FULL_TIME
    for row in rules.table("pay.part_time", day):
        if Rate.parse(row["quotity"]) == held.quotity:
            return Fraction(row.integer("numerator"), row.integer("denominator"))
    return Fraction(held.quotity.value)


def revival(authorised: Sequence[PartTime], reference: Month, day: date, rules: Rules) -> Fraction:
    """By how much pay is that of the reference month on a day: above one once an authorisation of that month has ended.

    Part-time work that begins after the reference month lowers nothing: the leave goes on with the pay it began with.
    Raises NoValueAt.
    """
    if not authorised:
        return FULL_TIME
    then, now = (share_of_full_time(authorised, one, rules) for one in (reference.last, day))
    return max(now / then, FULL_TIME)


def of_full_time(
    periods: Iterable[PaidPeriod], authorised: Sequence[PartTime], rules: Rules
) -> Iterator[tuple[PaidPeriod, Rate | None]]:
    """Paid periods, cut where part-time work ends, with the share of full-time pay; None for who always worked full."""
    for paid in periods:
        if not authorised:
            yield paid, None
            continue
        for part in cut(paid.period, [one.period for one in authorised]):
            exact = Fraction(paid.rate.value) * share_of_full_time(authorised, part.start, rules)
            yield replace(paid, period=part), Rate(Decimal(exact.numerator) / exact.denominator)
