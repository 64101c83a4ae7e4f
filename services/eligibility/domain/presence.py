"""Unbroken presence with the employer, and from which day it opens cover to contractuels (accord art. 3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kit.period import ONE_DAY, Period, add_months, merged
from rules.vocabulary import ContractKind
from services.eligibility.domain.file import FONCTIONNAIRES, AgentFile, Employment
from services.eligibility.domain.terms import CoverRules, EligibilityTerms


@dataclass(frozen=True, slots=True)
class Run:
    """An unbroken run of employments: no more days between two of them than the accord lets pass, which is none."""

    period: Period
    employments: tuple[Employment, ...]


def runs(file: AgentFile, terms: EligibilityTerms) -> tuple[Run, ...]:
    """The employments grouped by unbroken presence, in date order. A gap of one day makes a new run, unless the
    accord, as it reads on the first day without contract, lets that many days pass (S12).

    On the days on which its kind is excluded (vacataire), an employment is no presence either (art. 2.1).
    """
    present = [
        (days, employment)
        for employment in file.employments
        for period, said in terms.rules
        if employment.kind not in said.excluded_kinds and (days := employment.period.intersection(period)) is not None
    ]
    return tuple(
        Run(whole, tuple(dict.fromkeys(employment for days, employment in present if days.start in whole)))
        for whole in _unbroken(merged(days for days, _ in present), terms)
    )


def _unbroken(present: Iterable[Period], terms: EligibilityTerms) -> list[Period]:
    """Periods in date order, those joined between which no more days lie than the accord lets pass."""
    found: list[Period] = []
    for period in present:
        if found and (period.start - found[-1].last).days - 1 <= terms.on(found[-1].last + ONE_DAY).seniority_gap_days:
            found[-1] = Period(found[-1].start, period.end)
        else:
            found.append(period)
    return found


def eligible_from(employment: Employment, run: Run, terms: EligibilityTerms) -> date:
    """The day from which this employment, inside its run, opens cover.

    At once for those without a seniority condition, for a CDI and for a contract of six months or more; otherwise when
    presence reaches six months, date to date, leave included (art. 3; 31 August → 28 February).
    """
    start = max(employment.period.start, run.period.start)

    def asked(said: CoverRules) -> date:
        if employment.kind not in said.seniority_kinds or lasts(employment, said.contract_months):
            return start
        return max(start, add_months(run.period.start, said.seniority_months))

    return terms.first_day(asked)


def opened(run: Run, terms: EligibilityTerms) -> date:
    """The first day on which one of a run's employments gives cover; `date.max` when none ever does.

    Art. 3 asks who comes in for a length of contract or of presence, and puts nobody out: a short contract that follows
    a CDI without a gap goes on with its cover.
    """
    begun = ((e, max(eligible_from(e, run, terms), terms.effective.start)) for e in run.employments)
    return min(
        (day for e, day in begun if day in e.period and e.kind not in terms.on(day).excluded_kinds), default=date.max
    )


def lasts(employment: Employment, months: int) -> bool:
    """Whether the contract itself is open-ended, or is concluded for that many months date to date.

    Who leaves before its term joined on arrival all the same: art. 3 looks at the contract, not at the days worked.
    """
    agreed = employment.agreed or employment.period
    if employment.contract is ContractKind.CDI or agreed.end is None:
        return True
    return agreed.end + ONE_DAY >= add_months(agreed.start, months)


def dispensable(employment: Employment, said: CoverRules) -> bool:
    """CDD and apprentices may ask to stay out (art. 3); an appointment has no contract to be fixed-term."""
    if said.dispense is None or employment.kind in FONCTIONNAIRES:
        return False
    return employment.contract in said.dispense.contracts or employment.kind in said.dispense.kinds
