"""What is told of a change in the life of an accord; the whole terms follow in `agreement.published`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import ClassVar, Self

from pydantic import ConfigDict, Field

from kit.events.envelope import EventData
from kit.period import Period
from services.agreements.application.payloads import TOPIC, Dated, Part, dated


class Change(Part):
    """A term and what it says before and after; null: nothing."""

    term: str
    before: str | None
    after: str | None


class AgreementRevised(EventData):
    """An avenant: what changes, from which day. The whole terms follow in `agreement.published`."""

    model_config = ConfigDict(serialize_by_alias=True)
    type: ClassVar[str] = "fr.psc.agreements.agreement.revised.v1"
    topic: ClassVar[str] = TOPIC

    agreement: str
    version: int
    since: date = Field(alias="from")
    reason: str
    changes: list[Change]


class RateRevised(EventData):
    """A rate of contribution changes. `before` null: the guarantee had none."""

    model_config = ConfigDict(serialize_by_alias=True)
    type: ClassVar[str] = "fr.psc.agreements.rate.revised.v1"
    topic: ClassVar[str] = TOPIC

    agreement: str
    guarantee: str
    since: date = Field(alias="from")
    until: date | None = Field(alias="to")
    before: str | None
    after: str
    employer_share: str
    source: str


class AgreementSuspended(EventData):
    """The accord is suspended, or was: every stretch, so that the latest event says all. `to` null: until resumed."""

    type: ClassVar[str] = "fr.psc.agreements.agreement.suspended.v1"
    topic: ClassVar[str] = TOPIC

    agreement: str
    reason: str
    suspensions: list[Dated]

    @classmethod
    def of(cls, agreement: str, reason: str, suspended: Iterable[Period]) -> Self:
        days = [dated(period) for period in suspended]
        return cls.model_validate({"agreement": agreement, "reason": reason, "suspensions": days})


class Kept(Part):
    """What an ended contract goes on owing (art. 8)."""

    what: str
    insurer: str | None


class AgreementEnded(EventData):
    """The accord ends, denounced or lapsed; `on` is its last day."""

    type: ClassVar[str] = "fr.psc.agreements.agreement.ended.v1"
    topic: ClassVar[str] = TOPIC

    agreement: str
    outcome: str
    on: date
    reason: str
    kept: list[Kept]


class AdhesionEnded(EventData):
    """An employer's adhesion to the conventions ends with its contracts; `on` is the last day."""

    type: ClassVar[str] = "fr.psc.agreements.adhesion.ended.v1"
    topic: ClassVar[str] = TOPIC

    agreement: str
    employer: str
    on: date
    reason: str
    insurers: list[str]
    kept: list[Kept]
