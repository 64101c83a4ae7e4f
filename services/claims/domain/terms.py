"""What an accord grants: the part of its dated terms that decides benefits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from kit.money import Money
from kit.rate import Rate
from rules.vocabulary import LeaveKind, PayElement, Regime

# Leaves whose unpaid days are indemnified where an accord does not name them: rights used up, disponibilité d'office.
UNPAID_LEAVES: Final = frozenset({LeaveKind.CMO, LeaveKind.CGM, LeaveKind.DO})
# What of pay a target is a share of where an accord does not say it: neither SFT nor IR, on either side (S28).
ELEMENTS: Final = frozenset({PayElement.TIB, PayElement.NBI, PayElement.RI})
WHOLE: Final = Rate(Decimal(1))


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


class Net(StrEnum):
    """Whether the nets that are compared are taken before or after the agent's own contribution (S29)."""

    BEFORE_CONTRIBUTION = "BEFORE_CONTRIBUTION"
    AFTER_CONTRIBUTION = "AFTER_CONTRIBUTION"


class CapitalDue(StrEnum):
    """When the capital for a loss of pension falls due (S24)."""

    LEGAL_AGE = "LEGAL_AGE"
    ANNUITY_START = "ANNUITY_START"


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
class Compared:
    """What of pay the target is a share of, and what the employer pays is counted in, alike (S28, S29)."""

    elements: frozenset[PayElement]
    net: Net


PLAIN: Final = Compared(ELEMENTS, Net.BEFORE_CONTRIBUTION)


@dataclass(frozen=True, slots=True)
class AgentContribution:
    """What the base guarantee costs from a day on, and the share of it that the employer pays."""

    start: date
    rate: Rate
    employer_share: Rate


@dataclass(frozen=True, slots=True)
class IncomeTerms:
    """The base guarantee: the target as a share of the reference net, and the annuity.

    `unpaid`: the leaves whose unpaid days are maintained too (S27). `contributions`: what the base guarantee costs.
    """

    target: Rate
    starts: BenefitStart
    annuity: AnnuityTerms
    populations: frozenset[Regime]
    source: str
    unpaid: frozenset[LeaveKind] = UNPAID_LEAVES
    compared: Compared = PLAIN
    contributions: tuple[AgentContribution, ...] = ()


@dataclass(frozen=True, slots=True)
class DeathTerms:
    """Option 2: a share of a year of contribution base, once, for death or IAD.

    `advance_on_iad`: the part of it that an IAD pays; a death afterwards pays the rest (S8).
    """

    share_of_annual_base: Rate
    populations: frozenset[Regime]
    source: str
    advance_on_iad: Rate = WHOLE


@dataclass(frozen=True, slots=True)
class RetirementTerms:
    """Option 1: a flat capital, at the legal age and whole unless the terms say otherwise (S24).

    `prorated`: in the share of the full annuity that the rate of invalidity gives.
    """

    flat: Money
    populations: frozenset[Regime]
    source: str
    due: CapitalDue = CapitalDue.LEGAL_AGE
    prorated: bool = False


@dataclass(frozen=True, slots=True)
class RiTerms:
    """Option 3: a share of the RI's net during full pay of some leaves (S9).

    `deducts_maintained`: less what the employer keeps of the RI. `subordinate`: only beside a benefit of the base on
    the same days, as the last sentence of La Roche-sur-Yon's annex says: nothing at full pay.
    """

    target: Rate
    leaves: frozenset[LeaveKind]
    populations: frozenset[Regime]
    source: str
    deducts_maintained: bool = True
    subordinate: bool = False


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
