"""What is told of positions, departures, identities and dispenses: days and kinds, never a name or a proof."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import ClassVar, Self
from uuid import UUID

from pydantic import Field

from kit.events.envelope import EventData
from services.eligibility.application.payloads import TOPIC, Part, Reason
from services.eligibility.domain.departure import Departure
from services.eligibility.domain.facts import LeaveEntry


class AgentChanged(EventData):
    """Who the agent is was corrected or changed; names are read from the agent's file, by who may."""

    type: ClassVar[str] = "fr.psc.eligibility.agent.changed.v1"
    topic: ClassVar[str] = TOPIC

    agent: UUID
    employer: str
    matricules: list[str]
    birth_date: date


class AboutPerson(EventData):
    """An agent of an employer."""

    topic: ClassVar[str] = TOPIC

    agent: UUID
    employer: str


class AgentRestricted(AboutPerson):
    """Processing of the person's data is restricted (GDPR art. 18): keep them, and do not use them."""

    type: ClassVar[str] = "fr.psc.eligibility.agent.restricted.v1"


class AgentUnrestricted(AboutPerson):
    """The restriction has ended."""

    type: ClassVar[str] = "fr.psc.eligibility.agent.unrestricted.v1"


class AgentErased(AboutPerson):
    """The person was erased (GDPR art. 17): who it was is to be forgotten."""

    type: ClassVar[str] = "fr.psc.eligibility.agent.erased.v1"


class Left(EventData):
    """An agent, an employer, the last day there, and why."""

    agent: UUID
    employer: str
    on: date = Field(alias="date")
    reason: str

    @classmethod
    def of(cls, agent: UUID, one: Departure) -> Self:
        said = {"agent": agent, "employer": one.employer, "date": one.on, "reason": one.reason.value}
        return cls.model_validate(said)


class AgentLeft(Left):
    """`date` is the last day of every contract with the employer."""

    type: ClassVar[str] = "fr.psc.eligibility.agent.left.v1"
    topic: ClassVar[str] = TOPIC


class DepartureWithdrawn(Left):
    """The agent did not leave on that day: contracts run as they did before it was said."""

    type: ClassVar[str] = "fr.psc.eligibility.agent.departure-withdrawn.v1"
    topic: ClassVar[str] = TOPIC


class PositionPart(Part):
    """A stretch of a position. `paid`: any pay, allowance or annuity is kept."""

    start: date
    end: date | None
    paid: bool


class PositionChanged(EventData):
    """A statutory position, whole, as it now stands; `entries` is empty when it never was."""

    type: ClassVar[str] = "fr.psc.eligibility.position.changed.v1"
    topic: ClassVar[str] = TOPIC

    agent: UUID
    employer: str
    position: UUID
    kind: str
    start: date
    end: date | None
    entries: list[PositionPart]

    @classmethod
    def of(cls, agent: UUID, known: Sequence[LeaveEntry], *, cancelled: bool = False) -> Self:
        """Asserts at least one entry, in date order."""
        first = known[0]
        parts = [PositionPart(start=e.period.start, end=e.period.end, paid=e.paid) for e in known]
        return cls(
            agent=agent,
            employer=first.employer,
            position=first.leave,
            kind=first.kind.value,
            start=first.period.start,
            end=known[-1].period.end,
            entries=[] if cancelled else parts,
        )


class Dispensation(EventData):
    """What has become of a dispense, by the decision on cover."""

    agent: UUID
    employer: str
    agreement: str
    decision: UUID
    since: date = Field(alias="from")
    until: date | None = Field(alias="to")
    reasons: list[Reason]


class DispensationGranted(Dispensation):
    """The agent stays out of the scheme (accord art. 3)."""

    type: ClassVar[str] = "fr.psc.eligibility.dispensation.granted.v1"
    topic: ClassVar[str] = TOPIC


class DispensationLapsed(Dispensation):
    """It no longer holds: cover begins on `from`. With no dispense left in the timeline, it never held."""

    type: ClassVar[str] = "fr.psc.eligibility.dispensation.lapsed.v1"
    topic: ClassVar[str] = TOPIC
