"""Leaves and intervals, as simulations send them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Annotated, Final

from pydantic import AfterValidator, Field, Strict

from kit.http.types import DateText, Flag, Request, Share
from kit.period import Period
from kit.rate import Rate
from rules.vocabulary import LeaveKind, PathologyGroup, Regime
from services.claims.domain.errors import OverlappingPartTime, ReversedInterval
from services.claims.domain.leave import Entry, Person
from services.claims.domain.part_time import PartTime


def part_of_full_time(quotity: Rate) -> Rate:
    if not 0 < quotity.value < 1:
        raise ValueError("quotité attendue entre 0 et 1, exclus, par exemple 0.6000")
    return quotity


# A waiting period fits in a year, a career in a century: beyond, dates leave the calendar.
WaitingDays = Annotated[int, Strict(), Field(ge=0, le=366)]
SeniorityDays = Annotated[int, Strict(), Field(ge=0, le=36_525)]


# It tells the causes of an agent's leaves apart, and says nothing else.
CauseNumber = Annotated[int, Strict(), Field(ge=1, le=1000)]
# More contracts than an employer gives one agent in a career.
MAX_INTERRUPTIONS: Final = 100
# A quotity of part-time work: some of full time, and not all of it.
Quotity = Annotated[Share, AfterValidator(part_of_full_time)]


class SpanRequest(Request):
    """Days of which the last may not be known: `end` null."""

    start: DateText
    end: DateText | None = None

    def days(self, pointer: str) -> Period:
        """Raises ReversedInterval at the end."""
        return Period(self.start) if self.end is None else interval(self.start, self.end, f"{pointer}/end")


class PartTimeRequest(SpanRequest):
    """An authorisation to work part-time: its days, and the share of full time worked; `end` null: still in force."""

    quotity: Quotity

    def part_time(self, pointer: str) -> PartTime:
        return PartTime(self.days(pointer), self.quotity)


class InterruptionRequest(Request):
    """Days between two contracts with the employer, both ends included."""

    start: DateText
    end: DateText


class StatusRequest(Request):
    """Who an agent was on a day; `titular` false is a stagiaire, `service_start` is required for contractuels.

    `interruptions`: of a contractuel, the days between two contracts with the employer. In the year before a CMO they
    make his services discontinuous: its rights are counted over days of service (décret 88-145 art. 7).
    """

    regime: Regime
    service_start: DateText | None = None
    titular: Flag = True
    interruptions: list[InterruptionRequest] = Field(default_factory=list, max_length=MAX_INTERRUPTIONS)

    def person(self, pointer: str) -> Person:
        """Raises ReversedInterval under the pointer."""
        gaps = (
            interval(one.start, one.end, f"{pointer}/interruptions/{place}/end")
            for place, one in enumerate(self.interruptions)
        )
        return Person(self.regime, self.service_start, self.titular, tuple(gaps))


class LeaveRequest(Request):
    """An initial stop or a renewal. `quotity`: of a TPT, the share of full time worked.

    `sent_on`: the day the sick note was sent, where it was late. `status`: who the agent was on the first day, where
    it is not who the request says he is: the rights to the entry are his of then. `cause`: of a CMO, a number that
    those of one cause share; `ald`: it is a long-term condition.
    """

    kind: LeaveKind
    start: DateText
    end: DateText
    waiting_days: WaitingDays | None = None
    pathology_group: PathologyGroup | None = None
    seniority_days: SeniorityDays | None = None
    quotity: Share | None = None
    sent_on: DateText | None = None
    status: StatusRequest | None = None
    cause: CauseNumber | None = None
    ald: Flag = False

    def entry(self, pointer: str) -> Entry:
        period = interval(self.start, self.end, f"{pointer}/end")
        return Entry(
            kind=self.kind,
            period=period,
            waiting_days=self.waiting_days,
            pathology_group=self.pathology_group,
            seniority_days=self.seniority_days,
            quotity=self.quotity,
            sent_on=self.sent_on,
            cause=self.cause,
            ald=self.ald,
            person=None if self.status is None else self.status.person(f"{pointer}/status"),
        )


def interval(start: date, end: date, pointer: str) -> Period:
    """Both ends included. Raises ReversedInterval at the pointer."""
    if end < start:
        raise ReversedInterval(pointer=pointer)
    return Period(start, end)


def entries(leaves: Sequence[LeaveRequest]) -> tuple[Entry, ...]:
    return tuple(leave.entry(f"/leaves/{place}") for place, leave in enumerate(leaves))


def part_times(asked: Sequence[PartTimeRequest], pointer: str) -> tuple[PartTime, ...]:
    """In date order. Raises ReversedInterval, OverlappingPartTime."""
    found = sorted((one.part_time(f"{pointer}/{n}") for n, one in enumerate(asked)), key=lambda one: one.period.start)
    if any(later.period.meets(earlier.period) for earlier, later in pairwise(found)):
        raise OverlappingPartTime(pointer=pointer)
    return tuple(found)
