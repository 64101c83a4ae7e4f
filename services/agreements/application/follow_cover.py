"""Follow who is covered under an accord and who draws an annuity from it."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.events.envelope import Envelope
from kit.money import Money
from kit.period import Period
from services.agreements.adapters import cover, notices


class Fact(BaseModel):
    """A payload, or a part of one, as far as the registry reads it."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Stretch(Fact):
    """A stretch of a timeline."""

    start: date
    end: date | None
    outcome: str


class AffiliationMoved(Fact):
    """What became of an affiliation, whole."""

    agent: str
    employer: str
    agreement: str
    timeline: list[Stretch]


class AnnuityRuns(Fact):
    """An annuity that was decided, or decided again."""

    annuity: str
    agent: str
    employer: str
    agreement: str
    start: date = Field(alias="from")
    monthly: str


class AnnuityEnds(Fact):
    """An annuity that runs no more."""

    annuity: str


async def cover_moved(tx: AsyncConnection, _envelope: Envelope, data: dict[str, Any]) -> None:
    """Keep the days of cover, whichever event carries them; who is covered must be handed the notice (art. 6)."""
    fact = AffiliationMoved.model_validate(data)
    timeline = [(Period(one.start, one.end), one.outcome) for one in fact.timeline]
    await notices.share(tx)
    await cover.keep(tx, fact.agreement, fact.agent, fact.employer, timeline)
    await notices.make_due(tx, fact.agreement, fact.agent)


async def annuity_runs(tx: AsyncConnection, _envelope: Envelope, data: dict[str, Any]) -> None:
    """Keep the annuity; one that is decided to be nothing does not run."""
    fact = AnnuityRuns.model_validate(data)
    running = Money.parse(fact.monthly).cents > 0
    await cover.keep_annuity(
        tx, fact.annuity, fact.agent, fact.employer, agreement=fact.agreement, since=fact.start, running=running
    )


async def annuity_ended(tx: AsyncConnection, _envelope: Envelope, data: dict[str, Any]) -> None:
    await cover.end_annuity(tx, AnnuityEnds.model_validate(data).annuity)
