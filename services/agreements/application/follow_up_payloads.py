"""What is told of an accord's committee (art. 7) and of the insurer's notice (art. 6)."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from kit.events.envelope import EventData
from services.agreements.application.payloads import TOPIC


class CommitteeDecisionRecorded(EventData):
    """The committee met (art. 7), or sent its record. `sent_on` null: it is not yet sent to the signatories."""

    type: ClassVar[str] = "fr.psc.agreements.committee-decision.recorded.v1"
    topic: ClassVar[str] = TOPIC

    agreement: str
    held_on: date
    decisions: list[str]
    sent_on: date | None


class SchemeDecisionRecorded(EventData):
    """The committee of the regional scheme met. `sent_on` null: its record is not yet sent to the signatories."""

    type: ClassVar[str] = "fr.psc.agreements.scheme-decision.recorded.v1"
    topic: ClassVar[str] = TOPIC

    scheme: str
    held_on: date
    decisions: list[str]
    sent_on: date | None


class NoticeIssued(EventData):
    """A version of the insurer's notice is to be handed to everybody covered (art. 6)."""

    type: ClassVar[str] = "fr.psc.agreements.notice.issued.v1"
    topic: ClassVar[str] = TOPIC

    agreement: str
    version: int
    insurer: str
    issued_on: date


class NoticeDelivered(EventData):
    """An agent was handed a version of the notice."""

    type: ClassVar[str] = "fr.psc.agreements.notice.delivered.v1"
    topic: ClassVar[str] = TOPIC

    agreement: str
    version: int
    agent: str
    employer: str
    on: date


class NoticeUndelivered(EventData):
    """An e-mail that carried the notice did not arrive: the agent waits for it (again)."""

    type: ClassVar[str] = "fr.psc.agreements.notice.undelivered.v1"
    topic: ClassVar[str] = TOPIC

    agreement: str
    version: int
    agent: str
    employer: str
    on: date
