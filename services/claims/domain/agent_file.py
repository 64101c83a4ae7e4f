"""All that claims know of one agent at one employer, in no particular order of arrival."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from kit.period import ONE_DAY, Month, Period
from rules.pay import PayElements
from rules.vocabulary import AffiliationOutcome, Category, Guarantee, LeaveKind, Regime
from services.claims.domain.annuity import Revaluation
from services.claims.domain.capitals import Death, DeathKind
from services.claims.domain.errors import DayWithoutLeave
from services.claims.domain.invalidity import Invalidity
from services.claims.domain.leave import Entry, Person, in_order
from services.claims.domain.part_time import PartTime
from services.claims.domain.reference import Insured, ReferencePay
from services.claims.domain.situation import DailyAllowance, RiMaintained
from services.claims.domain.temporary_invalidity import TemporaryInvalidity
from services.claims.domain.terms import BenefitTerms


@dataclass(frozen=True, slots=True)
class Employment:
    """A stretch of one employment under one status; a change of regime or category begins another."""

    id: str
    period: Period
    regime: Regime
    category: Category | None = None
    service_start: date | None = None
    titular: bool = True


@dataclass(frozen=True, slots=True)
class Affiliation:
    """The agent's timeline under one accord."""

    agreement: str
    timeline: tuple[tuple[Period, AffiliationOutcome], ...]

    def covered(self) -> tuple[Period, ...]:
        return tuple(period for period, outcome in self.timeline if outcome is AffiliationOutcome.AFFILIATED)


@dataclass(frozen=True, slots=True)
class Election:
    """An option and the days it runs."""

    guarantee: Guarantee
    period: Period


@dataclass(frozen=True, slots=True)
class Leave:
    """A leave as the file names it, with its initial stop and its renewals."""

    id: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Takeover:
    """A leave that was not under cover, or under a former insurer's, and that an accord pays for from a day on.

    `given`: its reference pay, where the former insurer told it.
    """

    leave: str
    agreement: str
    start: date
    given: ReferencePay | None = None


@dataclass(frozen=True, slots=True)
class Recognition:
    """A recognised invalidity; `until`: its last day as told, before another follows it."""

    id: str
    invalidity: Invalidity
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """What the employer keeps of the RI during one kind of leave, from a day on."""

    kind: LeaveKind
    start: date
    kept: RiMaintained


@dataclass(frozen=True, slots=True)
class DatedTerms:
    """How an accord reads to an employer from a day on, and the document it was read from."""

    start: date
    terms: BenefitTerms
    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AgentFile:
    """The facts. `pay` holds the months that are known, `terms` the readings of each accord, `contract_ends` the last
    days of the employer's contracts under it.

    `acquired`: days whose half pay is not taken back. `revaluations`: how each accord's insurer raises annuities.
    `allowances`: what social security was notified to pay. `part_time`: the authorisations to work part-time.
    `replaced`: the days on which somebody else held the agent's post.
    """

    employments: tuple[Employment, ...] = ()
    birth_date: date | None = None
    affiliations: tuple[Affiliation, ...] = ()
    elections: tuple[Election, ...] = ()
    leaves: tuple[Leave, ...] = ()
    pay: Mapping[Month, PayElements] = field(default_factory=dict)
    recognitions: tuple[Recognition, ...] = ()
    deaths: tuple[Death, ...] = ()
    policies: tuple[Policy, ...] = ()
    takeovers: tuple[Takeover, ...] = ()
    acquired: tuple[Period, ...] = ()
    revaluations: Mapping[str, tuple[Revaluation, ...]] = field(default_factory=dict)
    allowances: tuple[DailyAllowance, ...] = ()
    part_time: tuple[PartTime, ...] = ()
    ait: tuple[TemporaryInvalidity, ...] = ()
    replaced: tuple[Period, ...] = ()
    terms: Mapping[str, tuple[DatedTerms, ...]] = field(default_factory=dict)
    contract_ends: Mapping[str, tuple[date, ...]] = field(default_factory=dict)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The entries of all leaves, in date order."""
        return in_order(entry for leave in self.leaves for entry in leave.entries)

    def employment_on(self, day: date) -> Employment | None:
        """The employment running on a day, else the last one begun before it; None when none is known."""
        begun = [e for e in self.employments if e.period.start <= day]
        running = [e for e in begun if day in e.period]
        return max(running or begun, key=lambda e: (e.period.start, e.id), default=None)

    @property
    def died_on(self) -> date | None:
        return min((death.on for death in self.deaths if death.kind is DeathKind.DEATH), default=None)

    def employed_until(self, since: date) -> date | None:
        """The last day of employment without a gap from a day on, the day before it if there is none; None: no end."""
        last = since - ONE_DAY
        for one in sorted(self.employments, key=lambda e: e.period.start):
            if one.period.start > last + ONE_DAY:
                continue
            if one.period.end is None:
                return None
            last = max(last, one.period.end)
        return last

    def leave_on(self, day: date) -> str:
        """The id of the leave that a day of leave belongs to. Raises DayWithoutLeave."""
        for leave in self.leaves:
            if any(day in entry.period for entry in leave.entries):
                return leave.id
        raise DayWithoutLeave

    def terms_on(self, agreement: str, day: date) -> DatedTerms | None:
        """How an accord reads on a day; None before it takes effect."""
        effective = [reading for reading in self.terms.get(agreement, ()) if reading.start <= day]
        return max(effective, key=lambda reading: reading.start, default=None)

    def options_on(self, day: date) -> frozenset[Guarantee]:
        return frozenset(election.guarantee for election in self.elections if day in election.period)

    def recognised_by(self, day: date) -> tuple[Recognition, ...]:
        """The recognitions of that day and before, the latest first: each worsens the one before it."""
        begun = (one for one in self.recognitions if one.invalidity.start <= day)
        return tuple(sorted(begun, key=lambda one: one.invalidity.start, reverse=True))

    def maintenance_on(self, day: date) -> dict[LeaveKind, RiMaintained]:
        """The employer's policy of each kind of leave on a day."""
        begun = sorted((p for p in self.policies if p.start <= day), key=lambda policy: policy.start)
        return {policy.kind: policy.kept for policy in begun}


def person_of(employment: Employment) -> Person:
    return Person(employment.regime, employment.service_start or employment.period.start, employment.titular)


def insured_of(employment: Employment, birth_date: date | None = None) -> Insured:
    """The date of birth is left out where nothing depends on it."""
    return Insured(employment.regime, employment.category, birth_date)
