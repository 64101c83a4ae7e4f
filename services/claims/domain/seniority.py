"""Seniority of contractuels (décret 88-145): read on the first day of each entry, reached date to date.

Services of before with the same employer count unless an interruption is too long (art. 28); its days do not (art. 31),
and make services discontinuous (art. 7: effective_service.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from kit.period import ONE_DAY, Period, add_months, merged
from rules.book import Rules
from rules.values import Row
from rules.vocabulary import Regime
from services.claims.domain.agent_file import Employment, person_of
from services.claims.domain.leave import Entry, Person


def service_start(person: Person, entry: Entry) -> date:
    """The first day of service, or the entry's start less the days of seniority it says."""
    if entry.seniority_days is not None:
        return entry.start - timedelta(days=entry.seniority_days)
    served = entry.of(person).service_start
    assert served is not None, "checked before"
    return served


def reached(person: Person, entry: Entry, months: int) -> bool:
    """Whether the agent has served that many months on the entry's first day."""
    return entry.start >= add_months(service_start(person, entry), months)


def tier(person: Person, entry: Entry, rows: Iterable[Row]) -> Row | None:
    """The highest row of a table by `service_months` that the agent has reached, if any."""
    open_rows = [row for row in rows if reached(person, entry, row.integer("service_months"))]
    return max(open_rows, key=lambda row: row.integer("service_months"), default=None)


def person_at(employments: Iterable[Employment], employment: Employment, day: date, rules: Rules) -> Person:
    """Who the agent of an employment is on a day; a contractuel with the services of his former ones with the employer.

    Private law is none of them. Raises NoValueAt.
    """
    person = person_of(employment)
    if person.regime is not Regime.CONTRACTUEL_PUBLIC:
        return person
    longest = rules.at("leave.contractual.service_gap_months", day).integer
    public = (one for one in employments if one.regime is not Regime.PRIVATE_LAW)
    before = merged(_service(one) for one in public if one.period.start <= employment.period.start)
    return replace(person, service_start=_counted_from(before, longest), interruptions=_between(before))


def _service(employment: Employment) -> Period:
    """From the first day of service that the employer says to the end of the employment."""
    return Period(
        min(employment.service_start or employment.period.start, employment.period.last), employment.period.end
    )


def _between(services: Sequence[Period]) -> tuple[Period, ...]:
    """The days between two services, given in date order."""
    return tuple(Period(earlier.last + ONE_DAY, later.start - ONE_DAY) for earlier, later in pairwise(services))


def _counted_from(runs: Sequence[Period], longest_gap: int) -> date:
    """Since when an agent would have served without a gap, to have served as many days as these services hold."""
    since = runs[0].start
    for earlier, later in pairwise(runs):
        too_long = later.start > add_months(earlier.last + ONE_DAY, longest_gap)
        since = later.start if too_long else since + (later.start - earlier.last - ONE_DAY)
    return since
