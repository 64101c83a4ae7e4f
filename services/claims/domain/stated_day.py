"""Days that people state: what is done is not still to come, and nothing came before what it is about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from kit.period import Month
from services.claims.domain.errors import DayInFuture, DayTooEarly
from services.claims.domain.leave import Entry, spells_of


def begun(entries: Sequence[Entry], opened_from: date) -> date:
    """The first day of the uninterrupted leave in which a claim opened; the day it opened once that leave is gone."""
    for spell in spells_of(entries):
        if spell[0].start <= opened_from <= spell[-1].end:
            return spell[0].start
    return opened_from


def check_day(day: date, since: date, today: date, pointer: str) -> None:
    """Raises DayInFuture, DayTooEarly."""
    if day > today:
        raise DayInFuture(pointer=pointer)
    if day < since:
        raise DayTooEarly(pointer=pointer)


def check_month(month: Month, since: date, today: date, pointer: str) -> None:
    """A month that has begun, and that is not over before `since`. Raises DayInFuture, DayTooEarly."""
    if month.first > today:
        raise DayInFuture(pointer=pointer)
    if month.last < since:
        raise DayTooEarly(pointer=pointer)
