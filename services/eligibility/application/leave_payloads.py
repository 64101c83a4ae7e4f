"""The payloads about leaves: each event carries the whole leave, so that the latest says how it stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar, Self
from uuid import UUID

from pydantic import ConfigDict, Field

from kit.events.envelope import EventData
from services.eligibility.application.payloads import TOPIC, Part
from services.eligibility.domain.facts import LeaveEntry


class LeavePart(Part):
    """An initial stop or a renewal; `opening`: from before the employer joined, told when it did.

    `quotity`: of a TPT, the share of full time worked. `sent_on`: when a sick note that was late was sent.
    """

    id: UUID
    kind: str
    start: date
    end: date | None
    paid: bool
    waiting_days: int | None
    seniority_days: int | None
    opening: bool = False
    quotity: str | None = None
    sent_on: date | None = None

    @classmethod
    def of(cls, entry: LeaveEntry) -> Self:
        return cls(
            id=entry.id,
            kind=entry.kind.value,
            start=entry.period.start,
            end=entry.period.end,
            paid=entry.paid,
            waiting_days=entry.waiting_days,
            seniority_days=entry.seniority_days,
            opening=entry.opening,
            quotity=None if entry.quotity is None else str(entry.quotity),
            sent_on=entry.sent_on,
        )


class SickLeave(EventData):
    """A leave, whole, after what happened to it: the event of the highest sequence says how it stands.

    The fields beside `entries` are those of the initial stop, `end` that of the last renewal.
    """

    agent: UUID
    employer: str
    leave: UUID
    kind: str
    start: date
    end: date | None
    waiting_days: int | None
    seniority_days: int | None
    paid: bool
    entries: list[LeavePart]

    @classmethod
    def of(cls, agent: UUID, known: Sequence[LeaveEntry], **more: Any) -> Self:
        """Asserts at least one entry, in date order."""
        first, last = known[0], known[-1]
        said = {
            "agent": agent,
            "employer": first.employer,
            "leave": first.leave,
            "kind": first.kind.value,
            "start": first.period.start,
            "end": last.period.end,
            "waiting_days": first.waiting_days,
            "seniority_days": first.seniority_days,
            "paid": first.paid,
            "entries": [LeavePart.of(entry) for entry in known],
        }
        return cls.model_validate({**said, **more})


class SickLeaveStarted(SickLeave):
    """An initial stop."""

    type: ClassVar[str] = "fr.psc.eligibility.sick-leave.started.v1"
    topic: ClassVar[str] = TOPIC


class RenewalPart(Part):
    """The days a renewal adds."""

    start: date
    end: date | None


class SickLeaveExtended(SickLeave):
    """A renewal."""

    type: ClassVar[str] = "fr.psc.eligibility.sick-leave.extended.v1"
    topic: ClassVar[str] = TOPIC

    renewal: RenewalPart


class SickLeaveEnded(SickLeave):
    """It ended earlier than was said."""

    type: ClassVar[str] = "fr.psc.eligibility.sick-leave.ended.v1"
    topic: ClassVar[str] = TOPIC


class SickLeaveRequalified(SickLeave):
    """From `from` on it was, in truth, of another kind: an ordinary leave turned into a CLM, for one."""

    model_config = ConfigDict(serialize_by_alias=True)
    type: ClassVar[str] = "fr.psc.eligibility.sick-leave.requalified.v1"
    topic: ClassVar[str] = TOPIC

    since: date = Field(alias="from")


class SickLeaveCancelled(SickLeave):
    """It never was: `entries` is empty, the other fields say what it had been said to be."""

    type: ClassVar[str] = "fr.psc.eligibility.sick-leave.cancelled.v1"
    topic: ClassVar[str] = TOPIC
