"""Unbroken presence with the employer, and from which day it opens cover to contractuels (accord art. 3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kit.period import ONE_DAY, Period, add_months, merged
from rules.vocabulary import ContractKind
from services.eligibility.domain.file import FONCTIONNAIRES, AgentFile, Employment
from services.eligibility.domain.terms import EligibilityTerms


@dataclass(frozen=True, slots=True)
class Run:
    """An unbroken run of employments: no day between two of them."""

    period: Period
    employments: tuple[Employment, ...]


def runs(employments: Iterable[Employment]) -> tuple[Run, ...]:
    """The employments grouped by unbroken presence, in date order. A gap of one day makes a new run (S12)."""
    listed = tuple(employments)
    return tuple(
        Run(whole, tuple(e for e in listed if e.period.start in whole)) for whole in merged(e.period for e in listed)
    )


def eligible_from(employment: Employment, run: Run, terms: EligibilityTerms) -> date:
    """The day from which this employment, inside its run, opens cover.

    At once for those without a seniority condition, for a CDI and for a contract of six months or more; otherwise when
    presence reaches six months, date to date, leave included (art. 3; 31 August → 28 February).
    """
    start = employment.period.start
    if employment.kind not in terms.seniority_kinds or lasts(employment, terms.contract_months):
        return start
    return max(start, add_months(run.period.start, terms.seniority_months))


def lasts(employment: Employment, months: int) -> bool:
    """Whether the contract itself is open-ended, or lasts that many months date to date."""
    if employment.contract is ContractKind.CDI or employment.period.end is None:
        return True
    return employment.period.end + ONE_DAY >= add_months(employment.period.start, months)


def counted(file: AgentFile, terms: EligibilityTerms) -> tuple[Employment, ...]:
    """The employments the accord applies to: an excluded kind (vacataire) is no presence either (art. 2.1)."""
    return tuple(e for e in file.employments if e.kind not in terms.excluded_kinds)


def dispensable(employment: Employment, terms: EligibilityTerms) -> bool:
    """CDD and apprentices may ask to stay out (art. 3); an appointment has no contract to be fixed-term."""
    if terms.dispense is None or employment.kind in FONCTIONNAIRES:
        return False
    return employment.contract in terms.dispense.contracts or employment.kind in terms.dispense.kinds
