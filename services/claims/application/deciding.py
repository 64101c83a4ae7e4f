"""What every decision needs besides the facts, and how one is stored and told."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.clock import PARIS
from kit.db import decisions
from kit.db.decisions import Decision
from kit.events.envelope import EventData
from kit.events.outbox import Outgoing
from kit.trace import Snapshot
from rules.book import RuleBook
from services.claims.adapters.standing import Standing
from services.claims.adapters.writes import Writes
from services.claims.domain.agent_file import AgentFile
from services.claims.domain.case import Case
from services.claims.domain.snapshot import decided, read_case


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a decision is about, all that is known, by which law, and when it is recorded.

    `before`: what was decided until now; `writes` takes what is to be stored.
    """

    employer: str
    agent: UUID
    file: AgentFile
    rules: RuleBook
    at: datetime
    before: Standing = field(default_factory=Standing)
    writes: Writes = field(default_factory=Writes)

    @property
    def today(self) -> date:
        """The legal date on which it is recorded."""
        return self.at.astimezone(PARIS).date()

    @property
    def names(self) -> dict[str, str]:
        """The fields that every payload has."""
        return {"agent": str(self.agent), "employer": self.employer}

    def tell(self, data: EventData, subject: str) -> Outgoing:
        """The event, in the order of the agent."""
        return Outgoing(data, key=str(self.agent), employer=self.employer, subject=subject)


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A former decision taken again on a case that gives nothing; `terms` is the document it rests on."""

    terms: dict[str, Any]
    snapshot: Snapshot


async def withdraw(tx: AsyncConnection, subject: Subject, former: UUID, emptied: Callable[[Case], Case]) -> Withdrawn:
    """Decide the case of a stored decision again without what gave something. Asserts that the decision is stored."""
    stored = await decisions.load(tx, former)
    assert stored is not None, "whatever is due has its decision"
    inputs = stored.snapshot.inputs
    _, snapshot = decided(emptied(read_case(inputs)), inputs["terms"], subject.rules)
    return Withdrawn(inputs["terms"], snapshot)


def store(subject: Subject, taken: Iterable[tuple[UUID, str, Snapshot]]) -> None:
    """Keep decisions with all they rest on: the id of each, and what it is about."""
    subject.writes.decisions += [
        Decision(identifier, about, subject.employer, subject.at, snapshot.digest(), snapshot)
        for identifier, about, snapshot in taken
    ]
