"""A month's contributions in columns of integer cents: the arithmetic of `base`, `line` and `cover` for all at once.

Rates and shares come in millionths, as exact as they are stored; days and months as `kit.columns`
numbers them. Columns of amounts hold nothing negative, so that adding half before dividing rounds half up;
amounts stay below 2**62 for any pay a request may hold.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np  # lint(imports) because columns of integers are values, and lists of them 100 times slower
import numpy.typing as npt  # lint(imports) because it names the type of masks

from kit.columns import Column
from kit.rate import Rate

Mask = npt.NDArray[np.bool_]
# Columns of one length, by name.
Table = dict[str, Column]
MILLION: Final = 10**6  # lint(law) because six decimals are the precision of a rate
# Stands for an amount that was not stated.
UNSTATED: Final = -(2**63)  # lint(law) because it is the least integer of a column, no amount
# The last day of what goes on.
FOREVER: Final = date.max.toordinal()


@dataclass(frozen=True, slots=True)
class Figures:
    """One guarantee: base, amount and the two shares that add up to it, a row per agent."""

    base: Column
    amount: Column
    employer: Column
    agent: Column


def column(values: Iterable[int]) -> Column:
    return np.array(list(values), dtype=np.int64)


def rows(table: Table, places: Mask | Column) -> Table:
    """Some rows of a table."""
    return {name: values[places] for name, values in table.items()}


def millionths(rate: Rate) -> int:
    """A rate as an integer.

    >>> millionths(Rate.parse("0.0205"))
    20500
    """
    return int(rate.value * MILLION)


def spread(agent: Column, owner: Column) -> tuple[Column, Column]:
    """Each row beside each row of a table in the order of its `owner` that belongs to its agent: the places of both."""
    left, right, _ = _beside(agent, owner)
    return left, right


def _beside(agent: Column, owner: Column) -> tuple[Column, Column, Column]:
    """What `spread` gives, and how many rows come before those of each row, and after all."""
    agents = int(max(agent.max(initial=-1), owner.max(initial=-1))) + 1
    first = np.concatenate(([0], np.cumsum(np.bincount(owner, minlength=agents))))
    start = first[agent]
    count = first[agent + 1] - start
    before = np.concatenate(([0], np.cumsum(count)))
    right = np.arange(before[-1]) + np.repeat(start - before[:-1], count)
    return np.repeat(np.arange(len(agent)), count), right, before


def days_within(agent: Column, first: Column, last: Column, periods: Table) -> Column:
    """How many days of each stretch lie in the agent's `periods` (agent, start, end), which do not overlap."""
    left, right, before = _beside(agent, periods["agent"])
    days = np.minimum(last[left], periods["end"][right]) - np.maximum(first[left], periods["start"][right]) + 1
    summed = np.concatenate(([0], np.cumsum(np.maximum(days, 0))))
    return np.diff(summed[before])


def half_up(numerator: Column, denominator: Column | int) -> Column:
    """The nearest integers to the quotients, halves up.

    >>> half_up(column([5, 4, 7]), 2).tolist()
    [3, 2, 4]
    """
    return (2 * numerator + denominator) // (2 * denominator)


def withheld(ri: Column, stated: Column, monthly: int, share: Column) -> Column:
    """The TPP: as stated, else the category's monthly amount, reduced as the traitement is, at most the RI (§3.1)."""
    return np.where(stated == UNSTATED, np.minimum(half_up(monthly * share, MILLION), ri), stated)


def contributions(base: Column, covered: Column, paid: Column, rate: int, employer_share: int) -> Figures:
    """The insured part of each base, times the rate, and the employer's share of it; each rounded once (art. 5)."""
    insured = base.copy()
    # Most months are wholly insured, and a division by a column is what takes the time.
    part = np.flatnonzero((covered != paid) | (paid == 0))
    insured[part] = half_up(base[part] * covered[part], np.maximum(paid[part], 1))
    amount = half_up(insured * rate, MILLION)
    employer = half_up(amount * employer_share, MILLION)
    return Figures(insured, amount, employer, amount - employer)
