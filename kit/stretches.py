"""Days cut into pieces that each carry a value, and put together again where the value is the same."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from kit.period import Period

T = TypeVar("T")


def joined(pieces: Iterable[tuple[Period, T]]) -> list[tuple[Period, T]]:
    """Pieces in date order: those that follow one another and carry equal values become one.

    >>> from datetime import date
    >>> january, february = Period(date(2026, 1, 1), date(2026, 1, 31)), Period(date(2026, 2, 1), date(2026, 2, 28))
    >>> len(joined([(january, "a"), (february, "a")])), len(joined([(january, "a"), (february, "b")]))
    (1, 2)
    """
    result: list[tuple[Period, T]] = []
    for period, value in pieces:
        if result and result[-1][1] == value and period.follows(result[-1][0]):
            result[-1] = (Period(result[-1][0].start, period.end), value)
        else:
            result.append((period, value))
    return result
