"""What an accord says about who is covered, day after day (accord art. 2.1, 2.2, 3 and 8)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from kit.period import ONE_DAY, Period
from rules.vocabulary import ContractKind, EmploymentKind, Guarantee, PositionKind, Regime


@dataclass(frozen=True, slots=True)
class DispenseTerms:
    """Who may stay out, until when it is asked, how long a proof holds."""

    contracts: frozenset[ContractKind]
    kinds: frozenset[EmploymentKind]
    present_deadline: date
    hire_days: int
    proof_months: int


@dataclass(frozen=True, slots=True)
class CoverRules:
    """The conditions of cover as they read on some days; `open_to`: the regimes that each guarantee is open to.

    `seniority_gap_days`: how many days without contract leave presence unbroken (S12).
    """

    return_days: int
    deferring_leaves: frozenset[PositionKind]
    seniority_months: int
    contract_months: int
    seniority_kinds: frozenset[EmploymentKind]
    excluded_kinds: frozenset[EmploymentKind]
    dispense: DispenseTerms | None
    paid_keeps_cover: bool
    open_to: Mapping[Guarantee, frozenset[Regime]]
    seniority_gap_days: int = 0


@dataclass(frozen=True, slots=True)
class EligibilityTerms:
    """An accord as it binds one employer.

    `effective`: the days it binds that employer, of which `suspensions` are those without effect; `agreement_end`: the
    last day of the accord itself. `rules` cover all days without a gap: what an avenant or an exception changes is said
    from its day on, what the accord says first also holds of the days before it.
    """

    agreement: str
    effective: Period
    agreement_end: date | None
    rules: tuple[tuple[Period, CoverRules], ...]
    suspensions: tuple[Period, ...] = ()

    def on(self, day: date) -> CoverRules:
        """The conditions as they read on a day."""
        return next(said for period, said in self.rules if day in period)

    def first_day(self, asked: Callable[[CoverRules], date]) -> date:
        """The first day on which the conditions of that very day are met; `asked`: from when some conditions are.

        Whoever has come in stays in when a later avenant asks for more.
        """
        days = ((period, max(period.start, asked(said))) for period, said in self.rules)
        return next(day for period, day in days if day in period)

    def suspended_on(self, day: date) -> bool:
        """Whether the accord is without effect on a day (art. 8)."""
        return any(day in period for period in self.suspensions)

    def turning_days(self) -> set[date]:
        """Every day on which the accord begins or ceases to say something."""
        periods = (self.effective, *self.suspensions, *(period for period, _ in self.rules))
        return {p.start for p in periods} | {p.end + ONE_DAY for p in periods if p.end is not None}
