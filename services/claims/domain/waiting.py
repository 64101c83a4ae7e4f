"""Stops without a waiting day because of what they are about (loi 2017-1837 art. 115; rulebook §1.3).

The others (pregnancy, a child's death, an act of devotion) are no fact of a file: the employer says `waiting_days` 0,
and not why. What is resolved here is written as that number too, so that no decision tells of a cause or of an ALD.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from kit.period import add_years
from rules.book import Rules
from rules.vocabulary import LeaveKind
from services.claims.domain.leave import Entry, Run, runs_of

HOURS_A_DAY: Final = timedelta(days=1) // timedelta(hours=1)


def with_waiting_waived(entries: Sequence[Entry], rules: Rules) -> tuple[Entry, ...]:
    """The entries, in date order, those without a waiting day by their cause with 0, and none with its cause.

    What the employer says of an entry stands. Raises NoValueAt.
    """
    if all(entry.cause is None for entry in entries):
        return tuple(entries)
    waived = set(_waived(runs_of([entry for entry in entries if entry.kind is LeaveKind.CMO]), rules))
    told = (replace(one, waiting_days=0) if one.start in waived else one for one in entries)
    return tuple(replace(one, cause=None, ald=False) for one in told)


def _waived(runs: Sequence[Run], rules: Rules) -> Iterator[date]:
    """The first days of these stops."""
    ended: dict[int, date] = {}
    since: dict[int, date] = {}
    for run in runs:
        first = run.entries[0]
        cause, said = first.cause, first.waiting_days is not None
        if cause is not None:
            resumed = cause in ended and _soon(ended[cause], first.start, rules)
            known = first.ald and cause in since and _held(since[cause], first.start, rules)
            if first.ald and not known:
                since[cause] = first.start
            if (resumed or known) and not said:
                yield first.start
        ended.update({entry.cause: run.end for entry in run.entries if entry.cause is not None})


def _soon(end: date, start: date, rules: Rules) -> bool:
    """Whether work was resumed for so few hours, from the day after the leave ended."""
    hours = rules.at("leave.waiting.same_cause_hours", start).integer
    return ((start - end).days - 1) * HOURS_A_DAY <= hours


def _held(first: date, start: date, rules: Rules) -> bool:
    """Whether a stop lies in the years that the first stop of its ALD began."""
    return start < add_years(first, rules.at("leave.waiting.ald_years", start).integer)
