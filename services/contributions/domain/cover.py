"""Which part of a month's pay is insured: the one place where a contribution is taken pro rata.

Contributions are a percentage of the pay actually due in the month (rulebook S14), and that pay is already smaller when
somebody is hired or leaves inside the month. What is left to take pro rata is pay of days without cover: seniority not
reached, deferral, dispensation, an accord or an option that begins inside the month. So

    insured part = days covered / days paid

in calendar days of the month, where days without employment and days suspended (which are those without pay, accord
art. 2.2) are not paid. Calendar days, because the parts of a month then always add up to the whole of it, whatever its
length; thirtieths do not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from kit.period import Month, Period, merged
from rules.vocabulary import AffiliationOutcome

NOT_PAID: Final = frozenset({AffiliationOutcome.ENDED, AffiliationOutcome.SUSPENDED})


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of an affiliation timeline. The spans of a timeline do not overlap; a day in none has no employment."""

    period: Period
    outcome: AffiliationOutcome


@dataclass(frozen=True, slots=True)
class Cover:
    """The days of one month that were paid, and those of them that were insured."""

    covered: int
    paid: int

    def __post_init__(self) -> None:
        assert 0 <= self.covered <= self.paid, "a day without pay is not insured"

    @property
    def part(self) -> Fraction:
        """Between zero and one; zero when nothing was paid."""
        return Fraction(self.covered, self.paid) if self.paid else Fraction(0)


def paid_days(month: Month, timelines: Iterable[Sequence[Span]]) -> int:
    """Days of the month that some timeline of the agent at this employer says are paid."""
    paid = [span.period for timeline in timelines for span in timeline if span.outcome not in NOT_PAID]
    return _days_inside(month.period(), merged(paid))


def covered_days(month: Month, timeline: Sequence[Span], elections: Iterable[Period] | None = None) -> int:
    """Days of the month affiliated; of an option, those of them on which it is elected (S3: never by default)."""
    elected = [month.period()] if elections is None else merged(elections)
    affiliated = [s.period for s in timeline if s.outcome is AffiliationOutcome.AFFILIATED]
    inside = [days for period in affiliated if (days := period.intersection(month.period()))]
    return sum(_days_inside(days, elected) for days in inside)


def _days_inside(bounds: Period, periods: Iterable[Period]) -> int:
    """Days of `bounds`, which ends, in `periods`, which do not overlap."""
    return sum(days.days for period in periods if (days := bounds.intersection(period)))
