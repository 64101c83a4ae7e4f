"""The clock is passed in. Legal dates are those of Europe/Paris; instants are UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


class Clock(Protocol):
    """What time it is, for whoever needs to know."""

    def instant(self) -> datetime:
        """The instant, in UTC."""
        ...

    def day(self) -> date:
        """The legal date, in Europe/Paris."""
        ...


class SystemClock:
    """The machine's clock."""

    def instant(self) -> datetime:
        return datetime.now(UTC)

    def day(self) -> date:
        return self.instant().astimezone(PARIS).date()


@dataclass(slots=True)
class FixedClock:
    """A clock that stands still until it is set: for tests and replays.

    >>> FixedClock(datetime(2026, 6, 30, 22, 30, tzinfo=UTC)).day()
    datetime.date(2026, 7, 1)
    """

    at: datetime

    def instant(self) -> datetime:
        return self.at

    def day(self) -> date:
        return self.at.astimezone(PARIS).date()
