"""Seniority of contractuels (décret 88-145): read on the first day of each entry, reached date to date."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from kit.period import add_months
from rules.values import Row
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
