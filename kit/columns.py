"""Columns of integers: days as Python numbers them (`date.toordinal`), months in a row."""

from __future__ import annotations

from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt

from kit.period import Month

Column = npt.NDArray[np.int64]
_MONTHS: Final = 12
# From which numpy counts.
_EPOCH: Final = date(1970, 1, 1)


def place_of(month: Month) -> int:
    """The place of a month in the row of all.

    >>> month_at(place_of(Month(2025, 12)) + 1)
    Month(year=2026, number=1)
    """
    return month.year * _MONTHS + month.number - 1


def month_at(place: int) -> Month:
    return Month(place // _MONTHS, place % _MONTHS + 1)


def months_of(days: Column) -> Column:
    """The months in which days lie.

    >>> month_at(int(months_of(np.array([date(2026, 1, 31).toordinal()]))[0]))
    Month(year=2026, number=1)
    """
    counted = (days - _EPOCH.toordinal()).astype("M8[D]").astype("M8[M]").astype(np.int64)
    return np.asarray(counted + _EPOCH.year * _MONTHS)


def distinct(places: Column) -> Column:
    """The numbers of a column of small ones, each once and in order.

    >>> distinct(np.array([3, 1, 3])).tolist()
    [1, 3]
    """
    return np.flatnonzero(np.bincount(places))


def first_days(months: Column) -> Column:
    """The first day of each month.

    >>> date.fromordinal(int(first_days(np.array([place_of(Month(2024, 2))]))[0]))
    datetime.date(2024, 2, 1)
    """
    counted = (months - _EPOCH.year * _MONTHS).astype("M8[M]").astype("M8[D]").astype(np.int64)
    return np.asarray(counted + _EPOCH.toordinal())
