"""What every decision needs besides the facts, and how one is stored and told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kit.events.envelope import EventData
from kit.events.outbox import Outgoing
from rules.book import RuleBook
from services.claims.domain.agent_file import AgentFile


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a decision is about, all that is known, by which law, and when it is recorded."""

    employer: str
    agent: UUID
    file: AgentFile
    rules: RuleBook
    at: datetime

    @property
    def names(self) -> dict[str, str]:
        """The fields that every payload has."""
        return {"agent": str(self.agent), "employer": self.employer}

    def tell(self, data: EventData, subject: str) -> Outgoing:
        """The event, in the order of the agent."""
        return Outgoing(data, key=str(self.agent), employer=self.employer, subject=subject)
