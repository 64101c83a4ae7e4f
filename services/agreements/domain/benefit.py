"""What a guarantee pays: one type for each shape of benefit that the accord's annex knows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kit.money import Money
from kit.rate import Rate
from rules.vocabulary import LeaveKind, PayElement


class Start(StrEnum):
    """What sets the daily benefit off (rulebook S10)."""

    HALF_PAY = "HALF_PAY"
    FIRST_DAY = "FIRST_DAY"


class AnnuityFormula(StrEnum):
    """How the annuity follows from the rate of invalidity (rulebook §5.1)."""

    FULL_TARGET = "FULL_TARGET"
    PRORATED_I_OVER_50 = "PRORATED_I_OVER_50"
    COMPLEMENT_CAPPED_50 = "COMPLEMENT_CAPPED_50"


class Prorated(StrEnum):
    """What a rate below that of the full annuity is a share of (S6): what the pensions leave, or the target."""

    ANNUITY = "ANNUITY"
    TARGET = "TARGET"


class Until(StrEnum):
    """What ends an annuity besides death."""

    LEGAL_AGE = "LEGAL_AGE"
    DEATH = "DEATH"


class Due(StrEnum):
    """When a flat capital falls due (S24): at the legal age, or with the annuity that opens it."""

    LEGAL_AGE = "LEGAL_AGE"
    ANNUITY_START = "ANNUITY_START"


class Net(StrEnum):
    """Whether nets are compared before or after the agent's own contribution (S29)."""

    BEFORE_CONTRIBUTION = "BEFORE_CONTRIBUTION"
    AFTER_CONTRIBUTION = "AFTER_CONTRIBUTION"


@dataclass(frozen=True, slots=True)
class Annuity:
    """Permanent invalidity: `full_rate_from` reads the CNRACL rate, `atmp_from` and `categories` the other regimes."""

    formula: AnnuityFormula
    full_rate_from: Rate
    atmp_from: Rate
    categories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class IncomeBenefit:
    """Temporary incapacity up to `target` of the net of `elements`, then an annuity (base cover)."""

    target: Rate
    elements: tuple[PayElement, ...]
    starts: Start
    annuity: Annuity
    source: str


@dataclass(frozen=True, slots=True)
class DeathBenefit:
    """A capital in parts of the annual gross base; the part of it paid in advance on absolute invalidity."""

    share_of_annual_base: Rate
    advance_on_iad: Rate
    source: str


@dataclass(frozen=True, slots=True)
class FlatBenefit:
    """A fixed capital."""

    flat: Money
    due: Due
    source: str


@dataclass(frozen=True, slots=True)
class RiBenefit:
    """The régime indemnitaire kept up to `target` during the full pay of these leaves."""

    target: Rate
    elements: tuple[PayElement, ...]
    leaves: tuple[LeaveKind, ...]
    source: str


Benefit = IncomeBenefit | DeathBenefit | FlatBenefit | RiBenefit
