"""Follow the accords: keep what they say of cover, and decide the agents they bind again."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.events.envelope import Envelope
from kit.period import Period
from rules.vocabulary import ContractKind, EmploymentKind, Guarantee, LeaveKind, Regime
from services.eligibility.adapters import redecisions, terms


class Fact(BaseModel):
    """A payload, or a part of one, as far as decisions on cover read it."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Dated(Fact):
    """From a day to a day."""

    start: date = Field(alias="from")
    end: date | None = Field(None, alias="to")


class Employer(Dated):
    """An employer bound by the accord."""

    siret: str


class GuaranteeFact(Fact):
    """A guarantee and to whom it is open."""

    code: Guarantee
    populations: list[Regime]


class Dispense(Fact):
    """Who may refuse to join."""

    contracts: list[ContractKind]
    kinds: list[EmploymentKind]
    present_deadline: date
    hire_days: int
    proof_months: int


class Suspension(Fact):
    """Whether pay during a suspension keeps the cover."""

    paid_keeps_cover: bool


class Eligibility(Fact):
    """Who is compulsorily covered, and from when."""

    return_days: int
    deferring_leaves: list[LeaveKind]
    seniority_months: int
    contract_months: int
    seniority_kinds: list[EmploymentKind]
    excluded_kinds: list[EmploymentKind]
    dispense: Dispense | None = None
    suspension: Suspension
    seniority_gap_days: int = 0


class Insurer(Dated):
    """Who insures."""

    code: str


class ExceptionFact(Dated):
    """What the accord says otherwise for one employer, in a period; what it leaves out reads as for all."""

    employer: str
    guarantees: list[GuaranteeFact] = Field(default_factory=list)
    eligibility: Eligibility | None = None


class Former(Fact):
    """What the accord said of cover until the day `to`, before an avenant."""

    end: date = Field(alias="to")
    guarantees: list[GuaranteeFact]
    eligibility: Eligibility
    exceptions: list[ExceptionFact] = Field(default_factory=list)


class AgreementPublished(Fact):
    """An accord, whole. What cannot be read is refused here, and the event parked, before any decision rests on it."""

    agreement: str
    version: int
    effective: Dated
    employers: list[Employer]
    guarantees: list[GuaranteeFact]
    eligibility: Eligibility
    insurers: list[Insurer] = Field(default_factory=list)
    exceptions: list[ExceptionFact] = Field(default_factory=list)
    suspensions: list[Dated] = Field(default_factory=list)
    formerly: list[Former] = Field(default_factory=list)


async def published(tx: AsyncConnection, _envelope: Envelope, data: dict[str, Any]) -> None:
    """Keep the accord's content, and let the agents of its employers, old and new, be decided again."""
    fact = AgreementPublished.model_validate(data)
    before = await terms.employers_of(tx, fact.agreement)
    bound = [(employer.siret, Period(employer.start, employer.end)) for employer in fact.employers]
    content = fact.model_dump(mode="json", by_alias=True)
    await terms.store(tx, fact.agreement, fact.version, content, bound)
    await redecisions.ask_employers(tx, sorted({*before, *(siret for siret, _ in bound)}))
