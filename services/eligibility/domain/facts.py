"""What is recorded of a person: employments with any employer, leaves, invalidities, options."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from kit.money import Money
from kit.period import Period
from kit.rate import Rate
from kit.stretches import joined
from rules.vocabulary import Category, ContractKind, EmploymentKind, Guarantee, LeaveKind, PositionKind
from services.eligibility.domain.errors import QuotityNotApplicable, SentBeforeStart, SentOnNotApplicable
from services.eligibility.domain.file import AgentFile, ArtTeaching, Dispense, Employment, Position

LEAVES: Final = frozenset(PositionKind(kind.value) for kind in LeaveKind)


@dataclass(frozen=True, slots=True)
class ContractKey:
    """What names a contract: the employer's SIRET, the matricule, the number of the contract."""

    employer: str
    matricule: str
    number: str


@dataclass(frozen=True, slots=True)
class Conditions:
    """What an employment is made of, as long as it does not change."""

    kind: EmploymentKind
    contract: ContractKind | None
    weekly_hours: Decimal
    category: Category | None = None
    art_teaching: ArtTeaching | None = None


@dataclass(frozen=True, slots=True)
class Spell:
    """A stretch of one contract under one set of conditions. `service_start`: since when seniority counts (claims).

    `agreed_end`: the last day the contract was concluded for, where it ended before.
    """

    employment: UUID
    key: ContractKey
    period: Period
    conditions: Conditions
    service_start: date | None = None
    agreed_end: date | None = None

    def as_employment(self) -> Employment:
        held = self.conditions
        return Employment(held.kind, held.contract, self.period, held.weekly_hours, held.art_teaching)


@dataclass(frozen=True, slots=True)
class LeaveEntry:
    """An initial stop, or a renewal: one entry of a leave; other positions are entries of their own kinds.

    `quotity`: of a TPT, the share of full time worked. `sent_on`: when a sick note that was late was sent.
    `opening`: told by an employer when it joined. `recorded_at`: since when it has been known so.
    """

    id: UUID
    leave: UUID
    employer: str
    kind: PositionKind
    period: Period
    paid: bool
    waiting_days: int | None = None
    seniority_days: int | None = None
    quotity: Rate | None = None
    sent_on: date | None = None
    opening: bool = field(default=False, compare=False)
    recorded_at: datetime | None = field(default=None, compare=False)

    @property
    def is_leave(self) -> bool:
        """Whether it is a leave, or another statutory position."""
        return self.kind in LEAVES

    def check(self, pointer: str) -> None:
        """What goes with another kind. Raises QuotityNotApplicable, SentOnNotApplicable, SentBeforeStart."""
        if self.quotity is not None and self.kind is not PositionKind.TPT:
            raise QuotityNotApplicable(pointer=f"{pointer}/quotity")
        if self.sent_on is not None and self.kind is not PositionKind.CMO:
            raise SentOnNotApplicable(pointer=f"{pointer}/sent_on")
        if self.sent_on is not None and self.sent_on < self.period.start:
            raise SentBeforeStart(pointer=f"{pointer}/sent_on")

    def as_position(self) -> Position:
        return Position(self.kind, self.period, self.paid)


@dataclass(frozen=True, slots=True)
class Renewal:
    """What a renewal adds to a leave; employer and kind are the leave's."""

    period: Period
    paid: bool
    seniority_days: int | None = None
    quotity: Rate | None = None
    sent_on: date | None = None

    def entry_of(self, leave: Sequence[LeaveEntry], key: UUID) -> LeaveEntry:
        return LeaveEntry(
            key,
            leave[0].leave,
            leave[0].employer,
            leave[-1].kind,
            self.period,
            self.paid,
            seniority_days=self.seniority_days,
            quotity=self.quotity,
            sent_on=self.sent_on,
        )


@dataclass(frozen=True, slots=True)
class Invalidity:
    """A recognition: CNRACL rate, social security category and AT/MP rate are three separate facts (rulebook S5)."""

    id: UUID
    employer: str
    period: Period
    cnracl_rate: Rate | None
    ss_category: str | None
    atmp_rate: Rate | None
    pension_net: Money
    recorded_at: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Election:
    """An option chosen, from a day to a day."""

    id: UUID
    employer: str
    guarantee: Guarantee
    period: Period
    recorded_at: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class DispenseRequest:
    """A request to stay out, from the day it was asked to the day it was given up, and the dates of its proofs."""

    id: UUID
    employer: str
    period: Period
    individual_cover: bool
    proofs: tuple[date, ...]

    def as_dispense(self) -> Dispense:
        return Dispense(self.period.start, self.individual_cover, self.proofs, self.period.end)


@dataclass(frozen=True, slots=True)
class Cut:
    """A contract that a departure ended: on which day, and a stretch of it as it was known before."""

    employment: UUID
    on: date
    before: Period


def file_of(
    employer: str,
    spells: Iterable[Spell],
    leaves: Iterable[LeaveEntry],
    dispenses: Iterable[DispenseRequest] = (),
    cut: Iterable[Cut] = (),
    *,
    prior_collective_cover: bool,
) -> AgentFile:
    """The file that cover with one employer is decided on, in an order that does not depend on how facts came."""
    own = [spell for spell in spells if spell.key.employer == employer]
    positions = sorted((e.as_position() for e in leaves if e.employer == employer), key=lambda p: p.period.start)
    asked = sorted((d.as_dispense() for d in dispenses if d.employer == employer), key=lambda d: d.requested_on)
    return AgentFile(contracts(own, cut), tuple(positions), prior_collective_cover, tuple(asked))


def contracts(spells: Iterable[Spell], cut: Iterable[Cut] = ()) -> tuple[Employment, ...]:
    """One employment a contract: hours and category may change inside it, its kind makes another one.

    With a part of a CDD, until its kind changed or the agent left, goes the contract as agreed.
    """
    ordered = sorted(spells, key=lambda s: (str(s.employment), s.period.start))
    pieces = ((s.period, (s.employment, s.conditions.kind, s.conditions.contract)) for s in ordered)
    hours = {(s.employment, s.period.start): s.conditions.weekly_hours for s in ordered}
    agreed = _agreed(ordered, cut)
    found = [
        Employment(
            kind,
            contract,
            period,
            hours[employment, period.start],
            agreed=agreed[employment] if contract is ContractKind.CDD and agreed[employment] != period else None,
        )
        for period, (employment, kind, contract) in joined(pieces)
    ]
    return tuple(sorted(found, key=lambda e: (e.period.start, e.period.last, e.kind, e.weekly_hours)))


def _agreed(spells: Iterable[Spell], cut: Iterable[Cut]) -> dict[UUID, Period]:
    """Each contract from its first day to the last it was concluded for, `spells` in date order.

    A contract that runs beyond a departure was put right since: what gave way to the departure says no more.
    """
    known: dict[UUID, Period] = {}
    whole: dict[UUID, Period] = {}
    for spell in spells:
        first = known.get(spell.employment, spell.period)
        known[spell.employment] = Period(first.start, spell.period.end)
        whole[spell.employment] = Period(first.start, spell.agreed_end or spell.period.end)
    for one in cut:
        now = known.get(one.employment)
        if now is not None and now.last <= one.on and one.before.last > whole[one.employment].last:
            whole[one.employment] = Period(now.start, one.before.end)
    return whole
