"""Leaves and intervals, as simulations send them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from pydantic import Field, Strict

from kit.http.types import DateText, Request
from kit.period import Period
from rules.vocabulary import LeaveKind, PathologyGroup
from services.claims.domain.errors import ReversedInterval
from services.claims.domain.leave import Entry

# A waiting period fits in a year, a career in a century: beyond, dates leave the calendar.
WaitingDays = Annotated[int, Strict(), Field(ge=0, le=366)]
SeniorityDays = Annotated[int, Strict(), Field(ge=0, le=36_525)]


class LeaveRequest(Request):
    """An initial stop or a renewal."""

    kind: LeaveKind
    start: DateText
    end: DateText
    waiting_days: WaitingDays | None = None
    pathology_group: PathologyGroup | None = None
    seniority_days: SeniorityDays | None = None

    def entry(self, pointer: str) -> Entry:
        period = interval(self.start, self.end, f"{pointer}/end")
        return Entry(self.kind, period, self.waiting_days, self.pathology_group, self.seniority_days)


def interval(start: date, end: date, pointer: str) -> Period:
    """Both ends included. Raises ReversedInterval at the pointer."""
    if end < start:
        raise ReversedInterval(pointer=pointer)
    return Period(start, end)


def entries(leaves: Sequence[LeaveRequest]) -> tuple[Entry, ...]:
    return tuple(leave.entry(f"/leaves/{place}") for place, leave in enumerate(leaves))
