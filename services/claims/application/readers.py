"""The payloads of other services, as far as claims read them. Unknown fields are ignored."""

from __future__ import annotations

from datetime import date
from typing import Any, Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from kit.http.types import Amount, MonthText, RateText, SignedAmount
from kit.money import Money
from rules.vocabulary import (
    AffiliationOutcome,
    Category,
    EmploymentKind,
    Guarantee,
    LeaveKind,
    PositionKind,
    Regime,
)
from services.claims.domain.capitals import DeathKind

HEALTH: Final = frozenset(LeaveKind.__members__)


class Fact(BaseModel):
    """A payload, or a part of one."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Whom(Fact):
    """The agent and the employer that a fact is about."""

    agent: UUID
    employer: str


class Effective(Fact):
    """From a day on."""

    start: date = Field(alias="from")


class AgreementPublished(Fact):
    """When a version of an accord takes effect; `terms_document` reads what it grants."""

    effective: Effective


class EmploymentFact(Fact):
    """An employment as it now stands."""

    id: str
    kind: EmploymentKind
    start: date
    end: date | None = None
    regime: Regime
    category: Category | None = None
    service_start: date | None = None
    titular: bool | None = None


class EmploymentChanged(Whom):
    """`from`: the day from which it stands so; null, or before its start: it has stood so from the start."""

    employment: EmploymentFact
    birth_date: date | None = None
    since: date | None = Field(None, alias="from")

    def row(self) -> dict[str, Any]:
        told = self.employment
        stagiaire = told.kind is EmploymentKind.STAGIAIRE
        return {
            "employer": self.employer,
            "agent": self.agent,
            "employment": told.id,
            "starts": told.start,
            "ends": told.end,
            "regime": told.regime.value,
            "category": told.category and told.category.value,
            "service_start": told.service_start,
            "titular": not stagiaire if told.titular is None else told.titular,
            **({"birth_date": self.birth_date} if self.birth_date else {}),
        }


class Stretch(Fact):
    """A stretch of a timeline."""

    start: date
    end: date | None = None
    outcome: AffiliationOutcome


class AffiliationMoved(Whom):
    """Whatever moved, the whole timeline under an accord."""

    agreement: str
    timeline: list[Stretch]


class OptionMoved(Whom):
    """An option runs from a day; `to` null: on."""

    guarantee: Guarantee
    start: date = Field(alias="from")
    end: date | None = Field(None, alias="to")

    def row(self) -> dict[str, Any]:
        return {
            "employer": self.employer,
            "agent": self.agent,
            "guarantee": self.guarantee.value,
            "starts": self.start,
            "ends": self.end,
        }


class EntryFact(Fact):
    """An initial stop or a renewal; what it does not say is said by its leave. `end` null: not known yet."""

    start: date
    end: date | None = None
    kind: PositionKind | None = None
    waiting_days: int | None = None
    seniority_days: int | None = None
    quotity: RateText | None = None
    sent_on: date | None = None


class LeaveChanged(Whom):
    """A leave with the whole list of its entries; a cancelled one has none."""

    leave: UUID
    kind: PositionKind
    waiting_days: int | None = None
    seniority_days: int | None = None
    entries: list[EntryFact]

    def rows(self) -> list[dict[str, Any]]:
        """The entries in date order, each complete; waiting days belong to the first, seniority grows with time.

        Positions that are no leave on health grounds have no statutory pay to follow, and are left out.
        """
        ordered = sorted(self.entries, key=lambda entry: entry.start)
        return [self._row(entry, ordered[0]) for entry in ordered if (entry.kind or self.kind).name in HEALTH]

    def _row(self, entry: EntryFact, first: EntryFact) -> dict[str, Any]:
        waiting = self.waiting_days if entry.waiting_days is None and entry is first else entry.waiting_days
        seniority = entry.seniority_days
        if seniority is None and self.seniority_days is not None:
            seniority = self.seniority_days + (entry.start - first.start).days
        return {
            "kind": (entry.kind or self.kind).value,
            "start": entry.start.isoformat(),
            "end": entry.end and entry.end.isoformat(),
            "waiting_days": waiting,
            "seniority_days": seniority,
            **({"quotity": str(entry.quotity)} if entry.quotity is not None else {}),
            **({"sent_on": entry.sent_on.isoformat()} if entry.sent_on is not None else {}),
        }


class InvalidityRecognised(Whom):
    """What a scheme recognised, with the monthly sum of all compulsory pensions; `to`: until another follows it."""

    recognition: UUID
    start: date = Field(alias="from")
    end: date | None = Field(None, alias="to")
    cnracl_rate: RateText | None = None
    ss_category: str | None = None
    atmp_rate: RateText | None = None
    pension_net: Amount

    def row(self, *, withdrawn: bool) -> dict[str, Any]:
        return {
            "employer": self.employer,
            "agent": self.agent,
            "recognition": self.recognition,
            "starts": self.start,
            "ends": self.end,
            "cnracl_rate": self.cnracl_rate,
            "ss_category": self.ss_category,
            "atmp_rate": self.atmp_rate,
            "pension_net": self.pension_net,
            "withdrawn": withdrawn,
        }


class AgentDeceased(Whom):
    """An agent died, or was recognised in absolute and definitive invalidity."""

    on: date = Field(alias="date")
    kind: DeathKind

    def row(self, *, withdrawn: bool) -> dict[str, Any]:
        return {
            "employer": self.employer,
            "agent": self.agent,
            "kind": self.kind.value,
            "occurred_on": self.on,
            "withdrawn": withdrawn,
        }


class AgentChanged(Whom):
    """Who the agent is was corrected."""

    birth_date: date


class PayRecorded(Whom):
    """A month's pay in its last version; `gross` stands for all elements of private law (CSS L. 242-1)."""

    month: MonthText
    employment: str | None = None
    tib: Amount
    nbi: Amount
    ri: Amount
    tpp: Amount | None = None
    sft: SignedAmount = Money.zero()
    ir: SignedAmount = Money.zero()
    other: SignedAmount = Money.zero()
    gross: Amount | None = None

    def row(self) -> dict[str, Any]:
        return {
            "employer": self.employer,
            "agent": self.agent,
            "month": self.month,
            "employment": self.employment or "",
            "tib": self.tib,
            "nbi": self.nbi,
            "ri": self.ri,
            "tpp": self.tpp,
            "sft": self.sft,
            "ir": self.ir,
            "other": self.other if self.gross is None else self.gross - self._elements(),
        }

    def _elements(self) -> Money:
        return Money.sum((self.tib, self.nbi, self.ri, self.sft, self.ir))
