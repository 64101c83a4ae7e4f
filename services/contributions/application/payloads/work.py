"""Work for a person, as published."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from kit.events.envelope import EventData
from services.contributions.adapters.parking import Parked
from services.contributions.adapters.payments import Receivable
from services.contributions.application.payloads.topic import STATEMENT_TOPIC


class WorkItem(EventData):
    """What a person must look at: a change beyond its bound, a statement that is late.

    `agent` null: the whole employer's. `due`: by when a statement was to be paid.
    """

    item: str
    kind: str
    employer: str
    agent: str | None
    month: str
    reference: str
    due: str | None = None

    @classmethod
    def of(cls, parked: Parked) -> Self:
        return cls(
            item=str(parked.id),
            kind="contributions-parked",
            employer=parked.employer,
            agent=parked.breach.agent or None,
            month=str(parked.month),
            reference=f"/v1/runs/parked/{parked.id}",
        )

    @classmethod
    def of_statement(cls, late: Receivable, due: date) -> Self:
        return cls(
            item=str(late.statement),
            kind="statement-late",
            employer=late.contract.employer,
            agent=None,
            month=str(late.month),
            reference=f"/v1/statements/{late.statement}",
            due=due.isoformat(),
        )


class WorkItemOpened(WorkItem):
    """Somebody must release the change or correct what it comes from; must have the statement paid."""

    type: ClassVar[str] = "fr.psc.contributions.work-item.opened.v1"
    topic: ClassVar[str] = STATEMENT_TOPIC


class WorkItemClosed(WorkItem):
    """It was released, or what it came from is no longer so; the statement is paid."""

    type: ClassVar[str] = "fr.psc.contributions.work-item.closed.v1"
    topic: ClassVar[str] = STATEMENT_TOPIC
