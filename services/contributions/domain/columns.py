"""A month's contributions in columns of integer cents: the arithmetic of `base` and `line` for all agents at once.

Rates and shares come in millionths, as exact as they are stored. Columns hold nothing negative, so that adding half
before dividing rounds half up; amounts stay below 2**62 for any pay a request may hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np  # lint(imports) because columns of integers are values, and lists of them 100 times slower
import numpy.typing as npt  # lint(imports) because it names the type of those columns

from kit.rate import Rate

Column = npt.NDArray[np.int64]
MILLION: Final = 10**6  # lint(law) because six decimals are the precision of a rate
# Stands for an amount that was not stated.
UNSTATED: Final = -1


@dataclass(frozen=True, slots=True)
class Figures:
    """One guarantee: base, amount and the two shares that add up to it, a row per agent."""

    base: Column
    amount: Column
    employer: Column
    agent: Column


def column(values: list[int]) -> Column:
    return np.array(values, dtype=np.int64)


def millionths(rate: Rate) -> int:
    """A rate as an integer.

    >>> millionths(Rate.parse("0.0205"))
    20500
    """
    return int(rate.value * MILLION)


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
