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


def places_among(kept: Column, places: Column) -> Column:
    """Where each of these small numbers stands among those kept, which are in order and hold it.

    >>> places_among(np.array([1, 3]), np.array([3, 1, 3])).tolist()
    [1, 0, 1]
    """
    found = np.zeros(kept[-1] + 1 if len(kept) else 0, dtype=np.int64)
    found[kept] = np.arange(len(kept))
    return np.asarray(found[places])


def firsts(values: Column) -> Column:
    """Where a column that is in order begins another number.

    >>> firsts(np.array([3, 3, 5])).tolist(), firsts(np.array([], dtype=np.int64)).tolist()
    ([0, 2], [])
    """
    return np.flatnonzero(np.append(True, values[1:] != values[:-1])[: len(values)])


def each_once(values: Column) -> Column:
    """The numbers of any column, each once and in order.

    >>> each_once(np.array([2**40, 1, 2**40])).tolist()
    [1, 1099511627776]
    """
    ordered = np.sort(values)
    return np.asarray(ordered[firsts(ordered)])


def within(values: Column, ordered: Column) -> npt.NDArray[np.bool_]:
    """Whether each number is one of those that are in order.

    >>> within(np.array([4, 2**40, 0]), np.array([0, 2**40])).tolist()
    [False, True, True]
    """
    if not len(ordered):
        return np.zeros(len(values), dtype=bool)
    places = np.minimum(np.searchsorted(ordered, values), len(ordered) - 1)
    return np.asarray(ordered[places] == values)


def first_days(months: Column) -> Column:
    """The first day of each month.

    >>> date.fromordinal(int(first_days(np.array([place_of(Month(2024, 2))]))[0]))
    datetime.date(2024, 2, 1)
    """
    counted = (months - _EPOCH.year * _MONTHS).astype("M8[M]").astype("M8[D]").astype(np.int64)
    return np.asarray(counted + _EPOCH.toordinal())
