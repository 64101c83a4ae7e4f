"""What an accord grants: the part of its dated terms that decides benefits."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from kit.money import Money
from kit.rate import Rate
from rules.vocabulary import LeaveKind, PayElement, Regime

# Leaves whose unpaid days are indemnified where an accord does not name them: rights used up, disponibilité d'office.
UNPAID_LEAVES: Final = frozenset({LeaveKind.CMO, LeaveKind.CGM, LeaveKind.DO})


class BenefitStart(StrEnum):
    """From when income is maintained (rulebook S10)."""

    HALF_PAY = "HALF_PAY"
    # As soon as pay is cut: the tenth that ordinary leave loses since March 2025 as well; not waiting days.
    FIRST_DAY = "FIRST_DAY"


class AnnuityFormula(StrEnum):
    """How an annuity follows from what is left of the target (rulebook §5.1). NONE is only how one is reported."""

    PRORATED_I_OVER_50 = "PRORATED_I_OVER_50"
    FULL_TARGET = "FULL_TARGET"
    COMPLEMENT_CAPPED_50 = "COMPLEMENT_CAPPED_50"
    NONE = "NONE"


class Prorated(StrEnum):
    """What a rate below that of the full annuity is a share of (S6): what the pensions leave, or the target."""

    ANNUITY = "ANNUITY"
    TARGET = "TARGET"


class AnnuityEnd(StrEnum):
    """What ends an annuity besides death."""

    LEGAL_AGE = "LEGAL_AGE"
    DEATH = "DEATH"


@dataclass(frozen=True, slots=True)
class AnnuityTerms:
    """Full from an invalidity rate on (CNRACL), or from a category or an AT/MP rate (régime général).

    Terms that do not say until when mean the legal age, as décret 2022-581 art. 3 does (rulebook §4.1, §5.2).
    `cap`: of a capped complement, the share of the net reference that it never exceeds.
    """

    formula: AnnuityFormula
    full_rate_from: Rate
    atmp_from: Rate
    categories: frozenset[str]
    until: AnnuityEnd = AnnuityEnd.LEGAL_AGE
    prorated: Prorated = Prorated.ANNUITY
    cap: Rate | None = None


@dataclass(frozen=True, slots=True)
class IncomeTerms:
    """The base guarantee: the target as a share of the reference net, and the annuity.

    `unpaid`: the leaves whose unpaid days are maintained too (S27).
    """

    target: Rate
    starts: BenefitStart
    annuity: AnnuityTerms
    populations: frozenset[Regime]
    source: str
    unpaid: frozenset[LeaveKind] = UNPAID_LEAVES


@dataclass(frozen=True, slots=True)
class DeathTerms:
    """Option 2: a share of a year of contribution base, once, for death or IAD."""

    share_of_annual_base: Rate
    populations: frozenset[Regime]
    source: str


@dataclass(frozen=True, slots=True)
class RetirementTerms:
    """Option 1: a flat capital at the legal age."""

    flat: Money
    populations: frozenset[Regime]
    source: str


@dataclass(frozen=True, slots=True)
class RiTerms:
    """Option 3: a share of the RI's net during full pay of some leaves."""

    target: Rate
    leaves: frozenset[LeaveKind]
    populations: frozenset[Regime]
    source: str


@dataclass(frozen=True, slots=True)
class BaseTerms:
    """What a population's contributions are a percentage of."""

    populations: frozenset[Regime]
    elements: tuple[PayElement, ...]
    after_tpp: bool


@dataclass(frozen=True, slots=True)
class BenefitTerms:
    """One version of an accord. An option that it does not hold is None."""

    agreement: str
    version: int
    income: IncomeTerms
    death: DeathTerms | None
    retirement: RetirementTerms | None
    ri_full_pay: RiTerms | None
    bases: tuple[BaseTerms, ...]
