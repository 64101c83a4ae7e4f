"""CMO counted in accounting days: every month has thirty, the year twelve of them (rulebook §1.2, ACCOUNTING_360).

A 31st is the same accounting day as the 30th, the last day of February stands for those up to the 30th. The window is
the whole accounting year before a day, so that an unbroken leave uses it up.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from kit.period import MONTHS_PER_YEAR, Month
from rules.book import Rules, UnknownRule

ACCOUNTING: Final = "ACCOUNTING_360"


@dataclass(frozen=True, slots=True)
class AccountingDays:
    """Accounting days of `month` to a month; days are ordinals."""

    month: int

    def window(self, on: int) -> tuple[int, int]:
        """The numbers of the accounting year before a day: from the first, to the one after the last."""
        until = number(on, self.month)
        return until - MONTHS_PER_YEAR * self.month, until

    def weight(self, day: int) -> int:
        """How many accounting days a day is: none for a 31st, up to three for the last of February."""
        return number(day, self.month) - number(day - 1, self.month)


@lru_cache(maxsize=1 << 16)
def number(ordinal: int, month: int) -> int:
    """Accounting days from one day to another are the difference of their numbers."""
    day = date.fromordinal(ordinal)
    of_month = month if day == Month.of(day).last else min(day.day, month)
    return (day.year * MONTHS_PER_YEAR + day.month) * month + of_month


def accounting_days(day: date, rules: Rules) -> AccountingDays | None:
    """How days of a CMO that starts on `day` are counted; None: as the calendar has them.

    A decision of before the engine read this rule was counted so too.
    """
    try:
        counting = rules.at("leave.cmo.counting", day).choice
    except UnknownRule:
        return None
    return AccountingDays(rules.at("pay.thirtieths", day).integer) if counting == ACCOUNTING else None
