"""Periods of calendar days, both ends inclusive, the way laws and payslips name them."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Self

from dateutil.relativedelta import relativedelta

ONE_DAY = timedelta(days=1)
MONTHS_PER_YEAR = 12
MONTH_PATTERN = r"^[0-9]{4}-(0[1-9]|1[0-2])$"


def add_months(day: date, months: int) -> date:
    """Date to date; a day the month does not have becomes its last.

    >>> add_months(date(2025, 8, 31), 6), add_months(date(2024, 2, 29), -12)
    (datetime.date(2026, 2, 28), datetime.date(2023, 2, 28))
    """
    return day + relativedelta(months=months)


def add_years(day: date, years: int) -> date:
    return add_months(day, MONTHS_PER_YEAR * years)


@lru_cache(maxsize=4096)  # all months of three centuries: runs ask for the same ones for every agent
def _last_day(year: int, number: int) -> date:
    return date(year, number, calendar.monthrange(year, number)[1])


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month.

    >>> str(Month.parse("2026-01").next()), Month.parse("2024-02").period().days
    ('2026-02', 29)
    """

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``"2026-01"``. Raises ValueError otherwise."""
        if not re.fullmatch(MONTH_PATTERN, text):
            raise ValueError("mois attendu au format AAAA-MM")
        return cls(int(text[:4]), int(text[5:]))

    @classmethod
    def of(cls, day: date) -> Self:
        return cls(day.year, day.month)

    @property
    def first(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def last(self) -> date:
        return _last_day(self.year, self.number)

    def period(self) -> Period:
        return Period(self.first, self.last)

    def plus(self, months: int) -> Month:
        years, number = divmod(self.number - 1 + months, MONTHS_PER_YEAR)
        return Month(self.year + years, number + 1)

    def until(self, other: Month) -> int:
        """How many months later another one is.

        >>> Month.parse("2025-11").until(Month.parse("2026-02"))
        3
        """
        return (other.year - self.year) * MONTHS_PER_YEAR + other.number - self.number

    def next(self) -> Month:
        return self.plus(1)

    def previous(self) -> Month:
        return self.plus(-1)

    def __hash__(self) -> int:
        return self.year * MONTHS_PER_YEAR + self.number  # keys of tables hold a month: quicker than of a tuple

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """From `start` to `end`, both included; `end` None runs on.

    >>> january = Period(date(2026, 1, 1), date(2026, 1, 31))
    >>> january.days, january.meets(Period(date(2026, 1, 31), None)), date(2026, 2, 1) in january
    (31, True, False)
    """

    start: date
    end: date | None = None

    def __post_init__(self) -> None:
        if self.end is not None and self.end < self.start:
            raise ValueError("la fin précède le début")

    @property
    def last(self) -> date:
        """The last day, or the last day a calendar knows when the period runs on."""
        return self.end or date.max

    @property
    def days(self) -> int:
        """Calendar days. Asserts that the period ends."""
        assert self.end is not None, "an open period has no length"
        return (self.end - self.start).days + 1

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.last

    def __iter__(self) -> Iterator[date]:
        assert self.end is not None, "an open period cannot be listed"
        return (self.start + timedelta(days=n) for n in range(self.days))

    def meets(self, other: Period) -> bool:
        """Whether the two share a day."""
        return self.start <= other.last and other.start <= self.last

    def intersection(self, other: Period) -> Period | None:
        """The days both hold, or None.

        >>> Period(date(2026, 1, 1)).intersection(Period(date(2025, 1, 1), date(2026, 1, 2))).days
        2
        """
        if not self.meets(other):
            return None
        last = min(self.last, other.last)
        return Period(max(self.start, other.start), None if last == date.max else last)

    def follows(self, other: Period) -> bool:
        """Whether it starts the day after `other` ends."""
        return other.end is not None and self.start == other.end + ONE_DAY


def cut(period: Period, others: Iterable[Period]) -> Iterator[Period]:
    """The period in parts, each of which lies in the same of the others throughout, or in none.

    >>> [part.days for part in cut(Period(date(2026, 1, 1), date(2026, 1, 31)), [Period(date(2026, 1, 11))])]
    [10, 21]
    """
    known = list(others)
    starts = {one.start for one in known} | {one.last + ONE_DAY for one in known if one.end is not None}
    first = period.start
    for start in sorted(day for day in starts if first < day <= period.last):
        yield Period(first, start - ONE_DAY)
        first = start
    yield Period(first, period.end)


def merged(periods: Iterable[Period]) -> list[Period]:
    """The same days in as few periods as possible, in date order.

    >>> len(merged([Period(date(2026, 1, 3), date(2026, 1, 5)), Period(date(2026, 1, 1), date(2026, 1, 2))]))
    1
    """
    result: list[Period] = []
    for period in sorted(periods, key=lambda p: (p.start, p.last)):
        if result and period.start <= (result[-1].last if result[-1].end is None else result[-1].last + ONE_DAY):
            last = max(result[-1].last, period.last)
            result[-1] = Period(result[-1].start, None if last == date.max else last)
        else:
            result.append(period)
    return result
