"""Follow the agents' files: who is behind a matricule, under which status, covered, with which options, on leave when.

Readers of their own, that take what contributions need and ignore the rest. Events of one agent come in their order.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.events.envelope import Envelope
from kit.events.outbox import publish_many
from kit.period import Period, merged
from rules.vocabulary import AffiliationOutcome, Category, Guarantee, LeaveKind, Regime
from services.contributions.adapters import agents, pay
from services.contributions.application.record_pay import outgoing
from services.contributions.domain.agent_file import Employment
from services.contributions.domain.base import Status


class Fact(BaseModel):
    """A payload, or a part of one, as far as contributions read it."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class EmploymentFact(Fact):
    """An employment as it now stands."""

    id: str
    contract_number: str | None = None
    start: date
    end: date | None = None
    regime: Regime
    category: Category | None = None
    weekly_hours: Decimal | None = None


class EmploymentChanged(Fact):
    """`from`: the day from which it stands so; null, or before its start: it has stood so from the start."""

    agent: UUID
    employer: str
    employment: EmploymentFact
    since: date | None = Field(None, alias="from")


class AgentHired(EmploymentChanged):
    """Somebody is employed under a matricule."""

    matricule: str


class Stretch(Fact):
    """A stretch of a timeline."""

    start: date
    end: date | None = None
    outcome: AffiliationOutcome


class AffiliationMoved(Fact):
    """Whatever moved, the whole timeline under an accord."""

    agent: UUID
    employer: str
    agreement: str
    timeline: list[Stretch]


class OptionMoved(Fact):
    """An option runs from a day; `to` null: on."""

    agent: UUID
    employer: str
    guarantee: Guarantee
    start: date = Field(alias="from")
    end: date | None = Field(None, alias="to")


class LeaveEntry(Fact):
    """An initial stop or a renewal."""

    kind: LeaveKind
    start: date
    end: date | None = None


class LeaveMoved(Fact):
    """Whatever happened to a leave, the whole of it; no entry: it never was."""

    agent: UUID
    employer: str
    leave: UUID
    entries: list[LeaveEntry]


async def hired(tx: AsyncConnection, _envelope: Envelope, data: dict[str, Any]) -> None:
    """Link the matricule, and tell of the pay that waited for it; of all of it where it was told of another agent, whom
    the restored producer no longer knows.
    """
    fact = AgentHired.model_validate(data)
    await agents.lock_matricules(tx, {fact.employer}, exclusive=True)
    await agents.link(tx, fact.employer, fact.matricule, fact.agent)
    await _store(tx, fact)
    before = await agents.told_of(tx, fact.employer, fact.matricule, fact.agent)
    to_tell = await pay.claim(tx, fact.employer, fact.matricule)
    if before not in {None, fact.agent}:
        to_tell = await pay.of_matricule(tx, fact.employer, fact.matricule)
    await publish_many(tx, [outgoing(fact.agent, version) for version in to_tell])


async def employment_changed(tx: AsyncConnection, _envelope: Envelope, data: dict[str, Any]) -> None:
    """Keep the status of before, and the new one from its day."""
    await _store(tx, EmploymentChanged.model_validate(data))


async def affiliation_moved(tx: AsyncConnection, _envelope: Envelope, data: dict[str, Any]) -> None:
    """Keep the timeline, whichever event carries it."""
    fact = AffiliationMoved.model_validate(data)
    timeline = [stretch.model_dump(mode="json") for stretch in fact.timeline]
    await agents.replace_affiliation(tx, fact.employer, fact.agent, fact.agreement, timeline)


async def option_elected(tx: AsyncConnection, _envelope: Envelope, data: dict[str, Any]) -> None:
    fact = OptionMoved.model_validate(data)
    await agents.elect(tx, fact.employer, fact.agent, fact.guarantee, Period(fact.start, fact.end))


async def option_cancelled(tx: AsyncConnection, _envelope: Envelope, data: dict[str, Any]) -> None:
    """It ends on `to`; without one, or with one before its first day, it never ran."""
    fact = OptionMoved.model_validate(data)
    if fact.end is None or fact.end < fact.start:
        await agents.renounce(tx, fact.employer, fact.agent, fact.guarantee, fact.start)
    else:
        await agents.elect(tx, fact.employer, fact.agent, fact.guarantee, Period(fact.start, fact.end))


async def leave_moved(tx: AsyncConnection, _envelope: Envelope, data: dict[str, Any]) -> None:
    """Keep the days of absence alone: neither the kind of the leave, nor days of part-time work on health grounds."""
    fact = LeaveMoved.model_validate(data)
    days = merged(Period(one.start, one.end) for one in fact.entries if one.kind is not LeaveKind.TPT)
    await agents.replace_leave(tx, fact.employer, fact.agent, fact.leave, days)


async def _store(tx: AsyncConnection, fact: EmploymentChanged) -> None:
    told = fact.employment
    stored = await agents.employment(tx, fact.employer, fact.agent, told.id)
    status = Status(told.regime, told.category)
    now = Employment(told.id, Period(told.start, told.end), status, told.contract_number, told.weekly_hours)
    await agents.replace_employment(tx, fact.employer, fact.agent, told.id, now.after(stored, fact.since))
