"""The comité paritaire de suivi (art. 7): it meets at least once a year, and every meeting leaves a record."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kit.period import Month, Period


class Level(StrEnum):
    """Whose committee it is. Art. 7 makes an accord's meet yearly; how often the scheme's meets is not published."""

    AGREEMENT = "AGREEMENT"
    SCHEME = "SCHEME"


@dataclass(frozen=True, slots=True)
class Attendance:
    """How an accord stands with its yearly meeting, seen on a day.

    `missed`: years that are over and had no meeting. `due`: the last day for this year's, or None once it was held.
    """

    missed: tuple[int, ...]
    due: date | None

    @property
    def late(self) -> bool:
        return bool(self.missed)


def attendance(effective: Period, meetings: Iterable[date], day: date) -> Attendance:
    """Art. 7 reads « une fois par an »: once in each calendar year in which the accord is in force.

    >>> attendance(Period(date(2025, 1, 1)), [date(2025, 11, 3)], date(2027, 2, 1))
    Attendance(missed=(2026,), due=datetime.date(2027, 12, 31))
    """
    held = {meeting.year for meeting in meetings if meeting <= day}
    last = min(day, effective.last)
    years = range(effective.start.year, last.year + 1)
    over = effective.last < day
    missed = tuple(year for year in years if year not in held and (year < day.year or over))
    if over or day < effective.start or day.year in held:
        return Attendance(missed, None)
    return Attendance(missed, min(Month(day.year, 12).last, effective.last))
