"""Recognitions of invalidity follow one another: each holds until the day before the next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

from kit.period import ONE_DAY, Period
from services.eligibility.domain.errors import InvalidityOverlap
from services.eligibility.domain.facts import Invalidity


def chained(known: Iterable[Invalidity]) -> tuple[Invalidity, ...]:
    """The recognitions of one agent with one employer, in date order, each with the last day it has beside the others.

    Whatever the order they come in, and whichever is withdrawn, the days are the same. Raises InvalidityOverlap when
    two begin on one day.
    """
    ordered = sorted(known, key=lambda one: one.period.start)
    if any(before.period.start == after.period.start for before, after in pairwise(ordered)):
        raise InvalidityOverlap(pointer="/from")
    ends = [after.period.start - ONE_DAY for after in ordered[1:]]
    return tuple(
        replace(one, period=Period(one.period.start, end)) for one, end in zip(ordered, [*ends, None], strict=False)
    )
