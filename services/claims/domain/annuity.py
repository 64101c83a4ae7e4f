"""The annuity after an invalidity (accord, annexe; décret 2022-581; rulebook §5.3, S5, S6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final

from kit.money import Money
from kit.rate import Rate
from kit.trace import Trace
from rules.book import Rules
from rules.vocabulary import Regime
from services.claims.domain.benefits import Alert, shortfall
from services.claims.domain.errors import CnraclRateRequired
from services.claims.domain.invalidity import Invalidity
from services.claims.domain.override import Override, decided_so, said_so
from services.claims.domain.pension_checks import PensionDoubt, pension_doubts
from services.claims.domain.reference import Reference, annuity_floor
from services.claims.domain.situation import Situation
from services.claims.domain.terms import AnnuityFormula, AnnuityTerms, Prorated


@dataclass(frozen=True, slots=True)
class Revaluation:
    """By how much the insurer raises annuities from a day on, each 1 July (décret 2022-581)."""

    start: date
    rate: Rate


@dataclass(frozen=True, slots=True)
class Run:
    """How long an annuity runs (`until` None: nobody can tell yet), and how it is raised meanwhile."""

    until: date | None = None
    revaluations: tuple[Revaluation, ...] = ()


ENDLESS: Final = Run()


@dataclass(frozen=True, slots=True)
class AnnuityStep:
    """What is due a month from a day on."""

    start: date
    monthly: Money


@dataclass(frozen=True, slots=True)
class Annuity:
    """`full` is what a full recognition would give, `monthly` what is due, `steps` what it is raised to afterwards.

    `doubts`: what is odd about the pensions that were notified. `part`: which part of a full annuity it is by its rate.
    `computed`: what was worked out, where a person decided another amount.
    """

    start: date
    full: Money
    monthly: Money
    formula: AnnuityFormula
    decree_floor: Money
    alerts: tuple[Alert, ...]
    trace: Trace
    until: date | None = None
    steps: tuple[AnnuityStep, ...] = ()
    doubts: tuple[PensionDoubt, ...] = ()
    part: Fraction = Fraction(1)
    computed: Money | None = None


def revaluation_day(today: date, rules: Rules) -> date:
    """The last day on which annuities were to be raised (décret 2022-581: each 1 July). Raises NoValueAt."""
    this_year = today.replace(month=rules.at("decree.annuity.revaluation_month", today).integer, day=1)
    return this_year if this_year <= today else this_year.replace(year=today.year - 1)


def is_to_raise(start: date, run: Run, day: date) -> bool:
    """Whether an annuity that runs on that day and began before it waits for what the insurer raises it by."""
    runs = start < day and (run.until is None or run.until >= day)
    return runs and all(one.start < day for one in run.revaluations)


def annuity_of(
    situation: Situation, invalidity: Invalidity, rules: Rules, run: Run, override: Override | None = None
) -> Annuity:
    """The monthly annuity, rounded once after the target. Raises CnraclRateRequired, NoValueAt.

    An amount that a person decided takes the place of the one worked out, and is raised as it would be.
    """
    reference, terms = situation.reference, situation.terms.income
    full = (reference.target - invalidity.pension_net).floored_at_zero()
    formula, part = _share(situation.insured.regime, terms.annuity, invalidity)
    computed = _monthly(reference, terms.annuity, invalidity, formula, part)
    monthly = computed if override is None else override.amount
    whole_floor, floor_trace = annuity_floor(reference, invalidity.start, rules)
    floor = (whole_floor - invalidity.pension_net).floored_at_zero()
    inputs = {
        "from": invalidity.start,
        "target": reference.target,
        "pension_net": invalidity.pension_net,
        "cnracl_rate": invalidity.cnracl_rate,
        "ss_category": invalidity.ss_category,
        "atmp_rate": invalidity.atmp_rate,
        "full": full,
        "formula": formula,
        **({"until": run.until} if run.until else {}),
        **({} if terms.annuity.prorated is Prorated.ANNUITY else {"prorated": terms.annuity.prorated}),
        **({"cap": terms.annuity.cap} if terms.annuity.cap else {}),
    }
    steps, raised = _raised(monthly, reference.target, invalidity, run)
    doubts, doubted = pension_doubts(situation.insured, reference.given.pay, invalidity, rules)
    shown = (reference.trace, floor_trace, *(() if override else raised), *doubted)
    trace = Trace("benefit.annuity", terms.source, inputs, computed, shown)
    return Annuity(
        start=invalidity.start,
        full=full,
        monthly=monthly,
        formula=formula,
        decree_floor=floor,
        alerts=(*shortfall(monthly, floor), *(decided_so(computed, override) if override else ())),
        trace=trace if override is None else said_so(computed, override, trace, *raised),
        until=run.until,
        steps=steps,
        doubts=doubts,
        part=part,
        computed=None if override is None else computed,
    )


def _raised(
    monthly: Money, target: Money, invalidity: Invalidity, run: Run
) -> tuple[tuple[AnnuityStep, ...], tuple[Trace, ...]]:
    """The annuity after each revaluation; with the pensions it never exceeds the target, raised as much."""
    index, steps, traces = Fraction(1), [], []
    for one in sorted(run.revaluations if monthly else (), key=lambda revaluation: revaluation.start):
        if one.start <= invalidity.start or (run.until is not None and one.start > run.until):
            continue
        index *= 1 + Fraction(one.rate.value)
        cap = (target * index - invalidity.pension_net).floored_at_zero()
        amount = min(monthly * index, cap)
        steps.append(AnnuityStep(one.start, amount))
        inputs = {"from": one.start, "rate": one.rate, "cap": cap}
        traces.append(Trace("annuity.revaluation", "décret 2022-581 : chaque 1er juillet", inputs, amount))
    return tuple(steps), tuple(traces)


def _monthly(
    reference: Reference, terms: AnnuityTerms, invalidity: Invalidity, formula: AnnuityFormula, part: Fraction
) -> Money:
    """What is due a month, rounded once; pensions are deducted before the share is taken, or after it (S6)."""
    if formula is AnnuityFormula.PRORATED_I_OVER_50 and terms.prorated is Prorated.TARGET:
        return (reference.target * part - invalidity.pension_net).floored_at_zero()
    due = (reference.target - invalidity.pension_net).floored_at_zero() * part
    if formula is AnnuityFormula.COMPLEMENT_CAPPED_50:
        assert terms.cap is not None, "a capped complement says its cap"
        return min(due, reference.net * terms.cap)
    return due


def pays(regime: Regime, terms: AnnuityTerms, invalidity: Invalidity) -> bool:
    """Whether a recognition gives an annuity, whatever is left of it once pensions are deducted."""
    return _share(regime, terms, invalidity)[1] > 0


def _share(regime: Regime, terms: AnnuityTerms, invalidity: Invalidity) -> tuple[AnnuityFormula, Fraction]:
    """The part of the full annuity that is due, and the formula that says so."""
    if regime is Regime.CNRACL:
        return _of_cnracl_rate(terms, invalidity.cnracl_rate)
    severe = invalidity.atmp_rate is not None and invalidity.atmp_rate >= terms.atmp_from
    if severe or invalidity.ss_category in terms.categories:
        return _whole(terms), Fraction(1)
    return AnnuityFormula.NONE, Fraction(0)


def _of_cnracl_rate(terms: AnnuityTerms, rate: Rate | None) -> tuple[AnnuityFormula, Fraction]:
    """M = R × I / 50 % below the rate that gives the full annuity."""
    if rate is None:
        raise CnraclRateRequired(pointer="/invalidity/cnracl_rate")
    if terms.formula is AnnuityFormula.PRORATED_I_OVER_50 and rate < terms.full_rate_from:
        return terms.formula, Fraction(rate.value) / Fraction(terms.full_rate_from.value)
    return _whole(terms), Fraction(1)


def _whole(terms: AnnuityTerms) -> AnnuityFormula:
    """How an annuity that no rate reduces is reported."""
    capped = terms.formula is AnnuityFormula.COMPLEMENT_CAPPED_50
    return terms.formula if capped else AnnuityFormula.FULL_TARGET
