"""What is told of deaths: the day and which of the two, never a cause."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self
from uuid import UUID

from pydantic import ConfigDict, Field

from kit.events.envelope import EventData
from services.eligibility.adapters.deaths import StoredDeath
from services.eligibility.application.payloads import TOPIC


class DeathData(EventData):
    """A death, or an absolute and definitive invalidity, of an agent of an employer."""

    model_config = ConfigDict(serialize_by_alias=True)

    agent: UUID
    employer: str
    kind: str
    on: date = Field(alias="date")

    @classmethod
    def of(cls, one: StoredDeath) -> Self:
        return cls.model_validate(
            {"agent": one.agent, "employer": one.employer, "kind": one.death.kind.value, "date": one.death.on}
        )


class AgentDeceased(DeathData):
    """It happened on `date`. Cover ends the day after a DEATH, and goes on after an IAD."""

    type: ClassVar[str] = "fr.psc.eligibility.agent.deceased.v1"
    topic: ClassVar[str] = TOPIC


class DeathWithdrawn(DeathData):
    """It never happened, or not on that day."""

    type: ClassVar[str] = "fr.psc.eligibility.agent.death-withdrawn.v1"
    topic: ClassVar[str] = TOPIC
