"""CMO counted in accounting days: every month has thirty, the year twelve of them (rulebook §1.2, ACCOUNTING_360).

A 31st is the same accounting day as the 30th, the last day of February stands for those up to the 30th. The window is
the whole accounting year before a day, so that an unbroken leave uses it up.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from kit.period import Month
from rules.book import Rules, UnknownRule

ACCOUNTING: Final = "ACCOUNTING_360"
MONTHS_PER_YEAR: Final = 12


@dataclass(frozen=True, slots=True)
class AccountingDays:
    """Accounting days of `month` to a month."""

    month: int

    def number(self, day: date) -> int:
        """Accounting days from one day to another are the difference of their numbers."""
        of_month = self.month if day == Month.of(day).last else min(day.day, self.month)
        return (day.year * MONTHS_PER_YEAR + day.month) * self.month + of_month

    def used(self, days: Iterable[int], on: int) -> int:
        """How many accounting days of the year before `on` these days are, all ordinals."""
        until = self.number(date.fromordinal(on))
        since = until - MONTHS_PER_YEAR * self.month
        found = 0
        for day in map(date.fromordinal, days):
            number = self.number(day)
            if since <= number < until:
                found += number - self.number(day - timedelta(days=1))
        return found


def accounting_days(day: date, rules: Rules) -> AccountingDays | None:
    """How days of a CMO that starts on `day` are counted; None: as the calendar has them.

    A decision of before the engine read this rule was counted so too.
    """
    try:
        counting = rules.at("leave.cmo.counting", day).choice
    except UnknownRule:
        return None
    return AccountingDays(rules.at("pay.thirtieths", day).integer) if counting == ACCOUNTING else None
