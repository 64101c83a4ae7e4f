"""What the agent's file answers of positions, dispenses, departures, deaths, and who an employer says the agent is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Literal, Self
from uuid import UUID

from pydantic import Field

from kit.http.types import Answer
from services.eligibility.adapters.deaths import StoredDeath
from services.eligibility.adapters.identities import Stated
from services.eligibility.api.common import Entered
from services.eligibility.domain.departure import Departure
from services.eligibility.domain.facts import DispenseRequest, LeaveEntry


class PositionEntry(Answer):
    """A stretch of a position. `paid`: any pay, allowance or annuity is kept."""

    start: date
    end: date | None
    paid: bool


class PositionAnswer(Answer):
    """A statutory position that is no leave on health grounds."""

    id: UUID
    employer: str
    kind: str
    start: date
    end: date | None
    entries: list[PositionEntry]

    @classmethod
    def of(cls, entries: Iterable[LeaveEntry]) -> Self:
        ordered = sorted(entries, key=lambda entry: entry.period.start)
        first, last = ordered[0], ordered[-1]
        return cls(
            id=first.leave,
            employer=first.employer,
            kind=first.kind.value,
            start=first.period.start,
            end=last.period.end,
            entries=[PositionEntry(start=e.period.start, end=e.period.end, paid=e.paid) for e in ordered],
        )

    @classmethod
    def all_of(cls, entries: Iterable[LeaveEntry]) -> list[Self]:
        """The positions these entries make up, by start; leaves are left out."""
        grouped: dict[UUID, list[LeaveEntry]] = {}
        for entry in sorted(entries, key=lambda e: e.period.start):
            if not entry.is_leave:
                grouped.setdefault(entry.leave, []).append(entry)
        return [cls.of(own) for own in grouped.values()]


class PositionNow(Entered):
    """A position after a change; None: it never was."""

    position: PositionAnswer | None


class DispenseAnswer(Answer):
    """A request to stay out; `to` null: not given up. What comes of it is in the agent's affiliation."""

    id: UUID
    employer: str
    requested_on: date
    individual_cover: bool
    proofs: list[date]
    until: date | None = Field(serialization_alias="to")

    @classmethod
    def of(cls, one: DispenseRequest) -> Self:
        return cls(
            id=one.id,
            employer=one.employer,
            requested_on=one.period.start,
            individual_cover=one.individual_cover,
            proofs=list(one.proofs),
            until=one.period.end,
        )


class DispenseNow(Entered):
    """A request after a change; None: it was never made."""

    dispense: DispenseAnswer | None


class DepartureAnswer(Answer):
    """The last day with an employer, and why."""

    id: UUID
    employer: str
    on: date = Field(serialization_alias="date")
    reason: str

    @classmethod
    def of(cls, one: Departure) -> Self:
        return cls(id=one.id, employer=one.employer, on=one.on, reason=one.reason.value)


class IdentityAnswer(Answer):
    """Who an employer says the agent is, and since when it is known so."""

    employer: str
    last_name: str
    first_name: str
    birth_date: date
    since: datetime

    @classmethod
    def of(cls, one: Stated) -> Self:
        return cls(**{name: getattr(one, name) for name in cls.model_fields})


class DeathStated(Answer):
    """A death or an IAD as it stands with an employer, and whose word it is: DENIED says there was none on that day.

    Which other employer announced it is not said: with whom else an agent works is not the employer's to know.
    """

    employer: str
    on: date = Field(serialization_alias="date")
    kind: str
    source: Literal["EMPLOYER", "OTHER_EMPLOYER", "DENIED"]
    recorded_at: datetime
    recorded_by: str | None

    @classmethod
    def of(cls, one: StoredDeath) -> Self:
        assert one.recorded is not None, "it was read"
        own: Literal["EMPLOYER", "OTHER_EMPLOYER"] = "EMPLOYER" if one.announced else "OTHER_EMPLOYER"
        return cls(
            employer=one.employer,
            on=one.death.on,
            kind=one.death.kind.value,
            source="DENIED" if one.denied else own,
            recorded_at=one.recorded.at,
            recorded_by=one.recorded.by if one.said_by == one.employer else None,
        )
