"""The local accord as the registry holds it: parties, signature, and terms that each name their paragraph.

Unknown facts are None, never a guess; `assumption` marks demo data the sources do not give.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from kit.period import Period
from kit.rate import Rate
from rules.vocabulary import ContractKind, EmploymentKind, Guarantee, LeaveKind, PayElement, Regime
from services.agreements.domain.benefit import Benefit


class LegalCode(StrEnum):
    """The code an insurer is governed by; it decides the prescription (rulebook §7)."""

    ASSURANCES = "ASSURANCES"
    MUTUALITE = "MUTUALITE"
    SECURITE_SOCIALE = "SECURITE_SOCIALE"


class Side(StrEnum):
    """On whose side somebody signs."""

    EMPLOYER = "EMPLOYER"
    UNION = "UNION"


class TppBase(StrEnum):
    """Whether a base is taken before or after the transfert primes/points (rulebook S7)."""

    BEFORE = "BEFORE"
    AFTER = "AFTER"


@dataclass(frozen=True, slots=True)
class EmployerParty:
    """An employer bound by the accord, from its own date of effect."""

    siret: str
    name: str
    kind: str | None
    period: Period
    assumption: bool = False


@dataclass(frozen=True, slots=True)
class InsurerParty:
    """Who insures, while it does. `convention`: the one its contracts stand on; None: not said."""

    code: str
    name: str
    legal_code: LegalCode | None
    period: Period
    assumption: bool = False
    convention: str | None = None


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who signed, in what capacity, by virtue of which délibération (employers) or mandate (unions)."""

    side: Side
    party: str
    name: str
    capacity: str | None = None
    deliberation: date | None = None
    mandate: str | None = None


@dataclass(frozen=True, slots=True)
class Signature:
    """When and how it was signed. `signed_on` None: not yet."""

    signed_on: date | None = None
    uncertain: bool = False
    originals: int | None = None
    publicity: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class RateTerm:
    """A contribution rate in a period, its split, and until when it is guaranteed (art. 5.3).

    `minimum_rate` is the part of the rate that pays for the minimum guarantees; None: nobody published it.
    """

    period: Period
    guaranteed_to: date | None
    rate: Rate
    employer_share: Rate
    source: str
    minimum_rate: Rate | None = None


@dataclass(frozen=True, slots=True)
class GuaranteeTerm:
    """One guarantee: who may have it, what it costs, what it pays. `unresolved`: the sources contradict each other."""

    code: Guarantee
    mandatory: bool
    populations: frozenset[Regime]
    unresolved: bool
    source: str
    rates: tuple[RateTerm, ...]
    benefit: Benefit


@dataclass(frozen=True, slots=True)
class BaseTerm:
    """What a rate applies to, by population (art. 5.2). `tpp` None where there is no such transfer."""

    populations: frozenset[Regime]
    elements: tuple[PayElement, ...]
    tpp: TppBase | None
    source: str


@dataclass(frozen=True, slots=True)
class RevisionTerm:
    """The ceiling of an increase, as a part of the rate applicable until then (art. 5.3)."""

    max_increase: Rate
    source: str


@dataclass(frozen=True, slots=True)
class DispenseTerm:
    """Who may refuse to join, until when to ask, how long a proof lasts (art. 3)."""

    contracts: frozenset[ContractKind]
    kinds: frozenset[EmploymentKind]
    present_deadline: date
    hire_days: int
    proof_months: int
    source: str


class SuspendedBase(StrEnum):
    """What contributions of a suspended month are reckoned on (rulebook S14)."""

    PAY_DUE = "PAY_DUE"
    REFERENCE = "REFERENCE"


@dataclass(frozen=True, slots=True)
class SuspensionTerm:
    """Whether cover goes on while the suspended agent is paid, and on what it is paid for then (art. 2.2)."""

    paid_keeps_cover: bool
    source: str
    contribution_on: SuspendedBase = SuspendedBase.PAY_DUE


@dataclass(frozen=True, slots=True)
class EligibilityTerm:
    """Who is compulsorily covered, and from when (art. 2.1, 2.2, 3)."""

    return_days: int
    deferring_leaves: frozenset[LeaveKind]
    seniority_months: int
    contract_months: int
    seniority_kinds: frozenset[EmploymentKind]
    excluded_kinds: frozenset[EmploymentKind]
    dispense: DispenseTerm | None
    suspension: SuspensionTerm
    source: str
    seniority_gap_days: int = 0


@dataclass(frozen=True, slots=True)
class ExceptionTerm:
    """What an accord says otherwise for one employer, in a period: the groups given replace those of the accord."""

    employer: str
    period: Period
    guarantees: tuple[GuaranteeTerm, ...]
    bases: tuple[BaseTerm, ...]
    revision: RevisionTerm | None
    eligibility: EligibilityTerm | None
    source: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """A local accord, whole: what a version of it says for all its dates."""

    id: str
    title: str
    scheme: str | None
    effective: Period
    source: str | None
    signature: Signature
    employers: tuple[EmployerParty, ...]
    insurers: tuple[InsurerParty, ...]
    signatories: tuple[Signatory, ...]
    guarantees: tuple[GuaranteeTerm, ...]
    bases: tuple[BaseTerm, ...]
    revision: RevisionTerm | None
    eligibility: EligibilityTerm
    exceptions: tuple[ExceptionTerm, ...] = ()

    def signed_by(self, side: Side) -> tuple[Signatory, ...]:
        return tuple(s for s in self.signatories if s.side is side)

    def with_exception(self, one: ExceptionTerm) -> Agreement:
        """The accord as it reads for the employer of an exception, while it holds."""
        own = {guarantee.code for guarantee in one.guarantees}
        return replace(
            self,
            guarantees=(*(g for g in self.guarantees if g.code not in own), *one.guarantees),
            bases=one.bases or self.bases,
            revision=one.revision or self.revision,
            eligibility=one.eligibility or self.eligibility,
            exceptions=(),
        )

    def in_exception(self, one: ExceptionTerm) -> Agreement:
        """The accord as it reads for the employer of an exception, on the days of the exception alone."""
        party = next(e for e in self.employers if e.siret == one.employer)
        return replace(self.with_exception(one), effective=one.period, employers=(replace(party, period=one.period),))

    def of_employer(self, siret: str, day: date) -> Agreement:
        """The accord as it reads for an employer on a day."""
        found = next((e for e in self.exceptions if e.employer == siret and day in e.period), None)
        return self if found is None else self.with_exception(found)
