"""Sick notes sent late, twice in two years: pay is halved from their first day to the one they were sent on.

Décret 87-602 art. 15 (rulebook §1.4). It lowers what is paid, not what is due: contracts add to what is due.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Final

from kit.period import ONE_DAY, Period, add_months
from kit.rate import Rate
from rules.book import Rules
from rules.vocabulary import LeaveKind
from services.claims.domain.entitlement import PaidPeriod
from services.claims.domain.leave import Entry, Person, in_order

HOURS_A_DAY: Final = timedelta(days=1) // timedelta(hours=1)


def halved(person: Person, entries: Iterable[Entry], rules: Rules) -> list[Period]:
    """The days for which pay of fonctionnaires is halved: of a second late note and the next ones. Raises NoValueAt."""
    due = (one for one in in_order(entries) if one.kind is LeaveKind.CMO and one.of(person).fonctionnaire)
    late = [entry for entry in due if _late(entry, rules)]
    found = []
    for place, entry in enumerate(late):
        months = rules.at("leave.late_notice.months", entry.start).integer
        if any(entry.start < add_months(earlier.start, months) for earlier in late[:place]):
            assert entry.sent_on is not None, "a late note was sent"
            found.append(Period(entry.start, min(entry.sent_on - ONE_DAY, entry.end)))
    return found


def as_paid(
    periods: Iterable[PaidPeriod], halved_days: Sequence[Period], rules: Rules
) -> Iterator[tuple[PaidPeriod, Rate | None]]:
    """What is due, cut where pay is halved, with the rate that is paid; None where it is the one that is due."""
    for due in periods:
        first = due.period.start
        for days in halved_days:
            inside = days.intersection(due.period)
            if inside is None:
                continue
            if first < inside.start:
                yield replace(due, period=Period(first, inside.start - ONE_DAY)), None
            share = rules.at("leave.late_notice.share", inside.start).rate
            yield replace(due, period=inside), Rate(Decimal(due.rate.value * share.value))
            first = inside.last + ONE_DAY
        if first <= due.period.last:
            yield replace(due, period=Period(first, due.period.last)), None


def _late(entry: Entry, rules: Rules) -> bool:
    if entry.sent_on is None:
        return False
    allowed = rules.at("leave.late_notice.hours", entry.start).integer // HOURS_A_DAY
    return entry.sent_on > entry.start + timedelta(days=allowed)
