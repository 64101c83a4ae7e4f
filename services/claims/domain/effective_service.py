"""Days of effective service of a contractuel whose services are discontinuous (décret 88-145 art. 7 and 31; §1.1).

His rights to a CMO are those of a period that holds so many days of service, in place of twelve consecutive months. The
décret says neither what is discontinuous nor how such days are counted back. Here services are discontinuous when days
between two contracts with the employer lie in the year before the stop (`leave.contractual.discontinuous_when`, K), and
every paid day under contract is one of service, whatever its hours (art. 31), in a leave as well (K).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from kit.period import ONE_DAY, Period, merged
from rules.book import Rules
from services.claims.domain.leave import Person

NEVER: Final = "NEVER"


class EffectiveService:
    """Periods that hold `needed` days of service, up to a day that only moves forward. Days are ordinals."""

    __slots__ = ("_absent", "_needed")

    def __init__(self, absent: Iterable[Period], before: date, needed: int) -> None:
        """`absent`: the days without service; those from `before` on are told by `unpaid` as they come."""
        earlier = (one for one in absent if one.start < before)
        spans = merged(Period(one.start, min(one.last, before - ONE_DAY)) for one in earlier)
        self._absent = [(one.start.toordinal(), one.last.toordinal()) for one in spans]
        self._needed = needed

    def floor(self, day: int) -> int:
        """The last day that the period up to `day` leaves out; `day` itself is one of service."""
        first = day - self._needed + 1
        while (further := day - self._needed + 1 - self._missed(first)) != first:
            first = further
        return first - 1

    def unpaid(self, first: int, last: int) -> None:
        """Days of a leave that nothing is paid for, after those told before."""
        self._absent.append((first, last))

    def _missed(self, first: int) -> int:
        """Days without service from a day on."""
        return sum(until - max(since, first) + 1 for since, until in self._absent if until >= first)


def discontinuous(person: Person, floor: date, start: date, rules: Rules) -> bool:
    """Whether the services before a stop are: days between two contracts lie after `floor` and before `start`.

    Raises NoValueAt.
    """
    if not any(floor < one.last and one.start < start for one in person.interruptions):
        return False
    return rules.at("leave.contractual.discontinuous_when", start).choice != NEVER
