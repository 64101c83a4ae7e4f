"""A leave said at once, with its renewals."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Final

from pydantic import Field, ValidationInfo, field_validator

from kit.http.types import DateText, Flag, Request, Share
from kit.ids import new_id
from kit.period import ONE_DAY, Period
from rules.vocabulary import LeaveKind, PositionKind
from services.eligibility.api.schemas import SeniorityDays, WaitingDays, in_order, refused
from services.eligibility.domain.facts import LeaveEntry

MAX_ENTRIES: Final = 200


class EntryRequest(Request):
    """An initial stop or a renewal; `paid` must be said of a disponibilité d'office.

    `quotity`: of a TPT, the share of full time worked. `sent_on`: the day the sick note was sent, where it was late.
    """

    start: DateText
    end: DateText | None = Field(None, validate_default=True)
    paid: Flag | None = None
    seniority_days: SeniorityDays | None = None
    quotity: Share | None = None
    sent_on: DateText | None = None

    _in_order = field_validator("end")(in_order)


class WholeLeave(Request):
    """A leave: its initial stop and its renewals, each the day after the one before."""

    kind: LeaveKind
    waiting_days: WaitingDays | None = None
    entries: Annotated[list[EntryRequest], Field(min_length=1, max_length=MAX_ENTRIES)]

    @field_validator("waiting_days")
    @classmethod
    def _of_a_cmo(cls, days: int, info: ValidationInfo) -> int:
        if info.data.get("kind", LeaveKind.CMO) is not LeaveKind.CMO:
            raise refused("waiting_days_refused", "Seul le congé de maladie ordinaire a un délai de carence.")
        return days

    @field_validator("entries")
    @classmethod
    def _without_gap(cls, entries: list[EntryRequest], info: ValidationInfo) -> list[EntryRequest]:
        for before, after in pairwise(entries):
            if before.end is None or after.start != before.end + ONE_DAY:
                raise refused("renewal_gap", "Un renouvellement suit sans interruption.")
        if info.data.get("kind") is LeaveKind.DO and any(entry.paid is None for entry in entries):
            raise refused("paid_required", "Dites si la disponibilité d'office est indemnisée.")
        return entries

    def to_entries(self, employer: str, *, opening: bool = False) -> tuple[LeaveEntry, ...]:
        leave = new_id()
        return tuple(
            LeaveEntry(
                id=new_id(),
                leave=leave,
                employer=employer,
                kind=PositionKind(self.kind.value),
                period=Period(entry.start, entry.end),
                paid=entry.paid is not False,
                waiting_days=self.waiting_days if number == 0 else None,
                seniority_days=entry.seniority_days,
                quotity=entry.quotity,
                sent_on=entry.sent_on,
                opening=opening,
            )
            for number, entry in enumerate(self.entries)
        )
