"""What a benefit is decided from, besides the leaves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from kit.money import Money
from kit.period import Period
from kit.rate import Rate
from rules.vocabulary import Guarantee, LeaveKind
from services.claims.domain.entitlement import NO_PAY
from services.claims.domain.part_time import PartTime
from services.claims.domain.reference import Insured, Reference
from services.claims.domain.temporary_invalidity import TemporaryInvalidity
from services.claims.domain.terms import BenefitTerms


@dataclass(frozen=True, slots=True)
class RiMaintained:
    """Which share of the RI an employer keeps on days at full and at half pay, by its délibération.

    `stated` False: no délibération is known, so nothing is kept, and the trace says that it is an assumption.
    """

    full: Rate = NO_PAY
    half: Rate = NO_PAY
    stated: bool = True

    @property
    def source(self) -> str:
        return "délibération" if self.stated else "hypothèse : aucun maintien connu"


NOTHING_MAINTAINED: Final = RiMaintained(stated=False)


@dataclass(frozen=True, slots=True)
class DailyAllowance:
    """Social security's net daily amount over an interval of calendar days."""

    period: Period
    daily: Money


@dataclass(frozen=True, slots=True)
class Situation:
    """The agent, the reference, the accord, what the employer keeps, what social security pays, the options.

    `part_time`: the authorisations under which the agent worked, which the reference pay goes by.
    `replaced`: the days on which somebody else held the agent's post.
    """

    insured: Insured
    reference: Reference
    terms: BenefitTerms
    maintenance: Mapping[LeaveKind, RiMaintained] = field(default_factory=dict)
    allowances: tuple[DailyAllowance, ...] = ()
    options: frozenset[Guarantee] = frozenset()
    part_time: tuple[PartTime, ...] = ()
    ait: tuple[TemporaryInvalidity, ...] = ()
    replaced: tuple[Period, ...] = ()

    def maintained(self, kind: LeaveKind) -> RiMaintained:
        """The employer's policy for a kind of leave; nothing is kept when none is known."""
        return self.maintenance.get(kind, NOTHING_MAINTAINED)

    def elected(self, option: Guarantee) -> bool:
        return option in self.options
