"""Follow claims: what was decided, for the yearly account of a contract. Ids, dates and amounts, and nothing else."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from pydantic import Field, field_validator
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.events.envelope import Envelope
from kit.money import Money
from kit.period import Month
from rules.vocabulary import Guarantee
from services.contributions.adapters import benefits
from services.contributions.application.follow_agents import Fact


class Decided(Fact):
    """What concerns one agent under an accord."""

    agent: UUID
    employer: str
    agreement: str


class ClaimOpened(Decided):
    """A claim; `from`: the first day it pays for."""

    claim: UUID
    opened_on: date = Field(alias="from")


class MonthDecided(Decided):
    """What is due for a month."""

    claim: UUID
    month: str
    version: int
    benefit: str
    ri_full_pay: str

    @field_validator("month")
    @classmethod
    def _is_a_month(cls, text: str) -> str:
        return str(Month.parse(text))


class Step(Fact):
    """What an annuity is raised to."""

    since: date = Field(alias="from")
    monthly: str


class AnnuityMoved(Decided):
    """An annuity as it now stands."""

    annuity: UUID
    claim: UUID | None
    version: int
    starts: date = Field(alias="from")
    ends: date | None = Field(None, alias="to")
    monthly: str
    steps: list[Step] = Field(default_factory=list)


class CapitalDue(Decided):
    """A capital, paid once."""

    capital: UUID
    guarantee: Guarantee
    version: int
    due: date
    amount: str


async def claim_opened(tx: AsyncConnection, _envelope: Envelope, data: dict[str, Any]) -> None:
    await benefits.opened(tx, dict(ClaimOpened.model_validate(data)))


async def month_decided(tx: AsyncConnection, _envelope: Envelope, data: dict[str, Any]) -> None:
    fact = MonthDecided.model_validate(data)
    figures = {name: Money.parse(getattr(fact, name)) for name in ("benefit", "ri_full_pay")}
    await benefits.decided(tx, {**dict(fact), "month": Month.parse(fact.month), **figures})


async def annuity_moved(tx: AsyncConnection, _envelope: Envelope, data: dict[str, Any]) -> None:
    fact = AnnuityMoved.model_validate(data)
    steps = [(fact.starts, fact.monthly), *((step.since, step.monthly) for step in fact.steps)]
    kept = [[day.isoformat(), Money.parse(monthly).cents] for day, monthly in steps]
    await benefits.annuity(tx, {**fact.model_dump(exclude={"monthly", "steps"}), "steps": kept})


async def capital_due(tx: AsyncConnection, _envelope: Envelope, data: dict[str, Any]) -> None:
    fact = CapitalDue.model_validate(data)
    values = {**dict(fact), "guarantee": fact.guarantee.value, "amount": Money.parse(fact.amount)}
    await benefits.capital(tx, values)
