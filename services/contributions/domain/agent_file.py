"""What contributions know of one agent at one employer: employments, cover, options, and the pay of each month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from kit.period import ONE_DAY, Month, Period
from rules.vocabulary import Guarantee
from services.contributions.domain.base import Status
from services.contributions.domain.cover import Span
from services.contributions.domain.pay_line import PayLine


@dataclass(frozen=True, slots=True)
class Employment:
    """A stretch of one employment under one status; a change of regime, category or hours begins another.

    `number` is the one its contract has in the payroll; `weekly_hours` as told, None: before they were kept.
    """

    id: str
    period: Period
    status: Status
    number: str | None = None
    weekly_hours: Decimal | None = None

    def after(self, earlier: Sequence[Employment], since: date | None) -> list[Employment]:
        """All stretches of this employment, which stands as `self` says from `since` on and stood as `earlier` before.

        `since` None, or not after its start: it has always stood as `self` says.
        """
        if since is None or since <= self.period.start:
            return [self]
        kept = [
            replace(e, period=p) for e in earlier if (p := e.period.intersection(Period(date.min, since - ONE_DAY)))
        ]
        return [*kept, replace(self, period=Period(since, self.period.end))]


@dataclass(frozen=True, slots=True)
class Affiliation:
    """The agent's timeline under one accord."""

    agreement: str
    timeline: tuple[Span, ...]


def last_paid(pay: Sequence[PayLine], month: Month) -> list[PayLine]:
    """The pay of the last month known, as if it were that month's; what it paid for earlier ones is left out."""
    own = [line for line in pay if line.paid_in is None]
    last = max((line.month for line in own), default=None)
    return [line if line.month == month else replace(line, month=month) for line in own if line.month == last]


@dataclass(frozen=True, slots=True)
class AgentFile:
    """All of it, in any order; options only as elected (rulebook S3)."""

    employer: str
    agent: str
    employments: Sequence[Employment]
    affiliations: Sequence[Affiliation]
    elections: Mapping[Guarantee, Sequence[Period]]
    pay: Sequence[PayLine]

    def as_paid_in(self, month: Month) -> AgentFile:
        """The agent as a month would find him: paid in it as in the last month known."""
        return replace(self, pay=last_paid(self.pay, month))

    def status_in(self, month: Month, employment: str | None = None) -> Status | None:
        """The status that pays a month: the latest one begun by its last day.

        `employment` limits it to one, by id or contract number. A rappel paid after the agent has left keeps the last
        status. None when nothing is known yet.
        """
        named = [e for e in self.employments if employment in (None, e.id, e.number)]
        begun = [e for e in named if e.period.start <= month.last]
        if not begun:
            return None
        running = [e for e in begun if e.period.meets(month.period())]
        return max(running or begun, key=lambda e: (e.period.start, e.id)).status
