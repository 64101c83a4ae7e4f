"""Months closed and reopened, as published."""

from __future__ import annotations

from typing import ClassVar

from kit.events.envelope import EventData
from services.contributions.application.payloads.topic import STATEMENT_TOPIC


class MonthMoved(EventData):
    """An employer's month."""

    employer: str
    month: str


class MonthWasClosed(MonthMoved):
    """Nothing more is issued for this month and those before; pay received after `cut_off` goes to the next one."""

    type: ClassVar[str] = "fr.psc.contributions.month.closed.v1"
    topic: ClassVar[str] = STATEMENT_TOPIC

    cut_off: str
    run: str | None


class MonthWasReopened(MonthMoved):
    """The month and those after it may be issued again."""

    type: ClassVar[str] = "fr.psc.contributions.month.reopened.v1"
    topic: ClassVar[str] = STATEMENT_TOPIC
