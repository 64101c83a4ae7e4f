"""What the contract adds, month by month: the target less what the statute and social security pay.

Pay goes by thirtieths, social security by calendar days: the two are counted apart.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from typing import Final

from kit.money import CENTS_PER_EURO, Money
from kit.period import Month, cut
from kit.rate import Rate
from kit.trace import Trace
from rules.book import NoValueAt, Rules, UnknownRule
from rules.vocabulary import Guarantee, LeaveKind, Leg, Regime
from services.claims.domain.daily_amounts import daily_allowances
from services.claims.domain.entitlement import NO_PAY, Entitlement, PaidPeriod
from services.claims.domain.net_pay import Exact
from services.claims.domain.part_time import FULL_TIME, revival
from services.claims.domain.reduced_pay import Cut, reduced_pay
from services.claims.domain.reference import income_floor
from services.claims.domain.replacement import split
from services.claims.domain.situation import Situation
from services.claims.domain.terms import PLAIN, UNPAID_LEAVES, BenefitStart, BenefitTerms, IncomeTerms, RiTerms

WHOLE: Final = NO_PAY.complement()
DEDUCTION: Final = "décret 88-145 art. 12 ; décret 91-298 art. 38"
LEFT_OUT: Final = "décret 2022-581 art. 3 et 4 ; accord art. 4 : l'employeur doit ce minimum"
REFERENCE: Final = "accord, annexe : « en relais et en complément des obligations statutaires »"


class Alert(StrEnum):
    """What a person should know of an amount."""

    LEGAL_FLOOR_SHORTFALL = "LEGAL_FLOOR_SHORTFALL"
    # A person decided another amount; and what is worked out is no longer what it was then.
    OVERRIDDEN = "OVERRIDDEN"
    OVERRIDE_TO_REVIEW = "OVERRIDE_TO_REVIEW"
    # That amount is more than the terms gave, by the facts that were known.
    OVERRIDE_ABOVE_TERMS = "OVERRIDE_ABOVE_TERMS"


def shortfall(amount: Money, floor: Money) -> tuple[Alert, ...]:
    """Below what the décret makes the employer owe."""
    return (Alert.LEGAL_FLOOR_SHORTFALL,) if amount < floor else ()


@dataclass(frozen=True, slots=True)
class MonthBenefit:
    """One month's amounts; `benefit` is what the contract pays, `ri_full_pay` what option 3 pays beside it.

    `computed` and `ri_computed`: what was worked out, where a person decided another benefit, or option 3.
    """

    month: Month
    target_net: Money
    statutory_net: Money
    social_security: Money
    benefit: Money
    ri_full_pay: Money
    decree_floor: Money
    alerts: tuple[Alert, ...]
    trace: Trace
    computed: Money | None = None
    ri_computed: Money | None = None


@dataclass(frozen=True, slots=True, order=True)
class _Part:
    """The days of one kind, leg, rate and share of full time in a month, in thirtieths.

    `replaced`: somebody holds the agent's post, so that their NBI is lost.
    """

    kind: LeaveKind
    leg: Leg
    rate: Rate
    revival: Fraction
    replaced: bool
    thirtieths: Fraction


# Days alike, by how much their pay is that of the reference month, and whether their NBI is lost.
_Worked = tuple[PaidPeriod, Fraction, bool]


@dataclass(frozen=True, slots=True)
class _Amounts:
    """`statutory` of the elements that the accord compares, `of_decree` of those that the décret does."""

    kind: LeaveKind
    target: Money
    floor: Money
    statutory: Money
    of_decree: Money
    trace: Trace


def month_benefit(situation: Situation, entitlement: Entitlement, month: Month, rules: Rules) -> MonthBenefit:
    """The amounts of a month, for the days that `entitlement` holds of it. Raises as `net_pay`, and NoValueAt."""
    periods = entitlement.within(month.period()).periods()
    indemnified = [period for period in periods if is_maintained(period, situation.terms.income)]
    worked = _worked(situation, indemnified, rules)
    parts = [_part_amounts(situation, part, month, rules) for part in _parts(worked, month, rules)]
    target = Money.sum(part.target for part in parts)
    ait = _temporary_invalidity(situation, indemnified, month, rules)
    daily, of_daily = daily_allowances(situation.allowances, indemnified)
    social = daily + Money.sum(amount for amount, _ in ait)
    deducted, of_deducted = _deducted(situation, indemnified, parts)
    statutory = _paid(((part.kind, part.statutory) for part in parts), deducted)
    of_decree = _paid(((part.kind, part.of_decree) for part in parts), deducted)
    benefit = (target - statutory - social).floored_at_zero()
    left_out, of_left_out = _left_out(situation, periods, month, rules)
    floor = (Money.sum(part.floor for part in parts) - of_decree - social + left_out).floored_at_zero()
    option, option_trace = _ri_full_pay(situation, periods, month, rules)
    inputs = {"month": month, "target_net": target, "statutory_net": statutory, "social_security": social}
    of_reference = (situation.reference.trace,) if parts or option_trace else ()
    of_social = (*of_daily, *of_deducted, *(trace for _, trace in ait))
    steps = (*of_reference, *(part.trace for part in parts), *of_social, *of_left_out, *option_trace)
    return MonthBenefit(
        month=month,
        target_net=target,
        statutory_net=statutory,
        social_security=social,
        benefit=benefit,
        ri_full_pay=option,
        decree_floor=floor,
        alerts=shortfall(benefit, floor),
        trace=Trace("benefit.month", REFERENCE, inputs, benefit, steps),
    )


def is_indemnified(period: PaidPeriod, unpaid: Collection[LeaveKind] = UNPAID_LEAVES) -> bool:
    """Days at half pay, and the unpaid days of some leaves; not waiting days."""
    return period.leg is Leg.HALF or (period.leg is Leg.NONE and period.kind in unpaid)


def is_maintained(period: PaidPeriod, income: IncomeTerms) -> bool:
    """Whether income is maintained: on indemnified days and, if the accord says so, while full pay is cut (S10)."""
    cut = period.leg is Leg.FULL and period.rate < WHOLE
    if period.kind is LeaveKind.TPT:  # what is not worked is not paid outside the CNRACL; by default not covered (S27)
        return cut and period.kind in income.unpaid
    return is_indemnified(period, income.unpaid) or (cut and income.starts is BenefitStart.FIRST_DAY)


def opens_benefit(period: PaidPeriod, terms: BenefitTerms, options: Collection[Guarantee], regime: Regime) -> bool:
    """Whether the contract may pay for these days: income maintenance, or the elected option 3."""
    option = _option(terms, options, regime)
    return is_maintained(period, terms.income) or (option is not None and _pays(terms, period, option))


def _worked(situation: Situation, periods: Sequence[PaidPeriod], rules: Rules) -> Iterator[_Worked]:
    """The periods, cut where part-time work ends, with what then revives, and where somebody takes the agent's post."""
    reference = situation.reference.given.month
    authorised = [one.period for one in situation.part_time]
    for period in periods:
        for days, replaced in split(period, situation.replaced, rules):
            for part in cut(days, authorised):
                revived = revival(situation.part_time, reference, part.start, rules)
                yield replace(period, period=part), revived, replaced


def _parts(periods: Iterable[_Worked], month: Month, rules: Rules) -> list[_Part]:
    """Days counted for each kind, leg, rate, revival and replacement, in the order of the keys."""
    days: dict[tuple[LeaveKind, Leg, Rate, Fraction, bool], int] = {}
    for period, revived, replaced in periods:
        key = period.kind, period.leg, period.rate, revived, replaced
        days[key] = days.get(key, 0) + period.period.days
    return sorted(_Part(*key, part) for key, part in zip(days, _thirtieths(days.values(), month, rules), strict=True))


def _thirtieths(days: Collection[int], month: Month, rules: Rules) -> list[Fraction]:
    """The parts of a month's pay that so many days of it each are, in date order: at most thirty thirtieths each.

    Where together they fill it they are a whole month, and the last one takes the rest.
    """
    if len(days) <= 1 and sum(days) in (0, month.period().days):
        return [Fraction(1) for _ in days]
    whole = rules.at("pay.thirtieths", month.first).integer
    parts = [min(count, whole) for count in days]
    if sum(days) == month.period().days and _together(month, rules):
        parts[-1] = whole - sum(parts[:-1])
    return [Fraction(part, whole) for part in parts]


def _together(month: Month, rules: Rules) -> bool:
    """A law kept from before the engine read this rule counted each part for itself."""
    try:
        return rules.at("pay.thirtieths.of_parts", month.first).choice == "TOGETHER"
    except UnknownRule:
        return False


def _part_amounts(situation: Situation, part: _Part, month: Month, rules: Rules) -> _Amounts:
    """Target, floor and statutory pay of some thirtieths, each rounded."""
    floor, floor_trace = income_floor(situation.reference, month.first, rules)
    whole: Exact = 0
    of_decree: Exact = 0
    steps = [floor_trace]
    compared = situation.terms.income.compared
    if part.leg is not Leg.NONE:
        cut = Cut(part.kind, part.leg, part.rate, part.revival, part.replaced)
        whole, trace = reduced_pay(situation, cut, month, rules, compared)
        of_decree = whole if compared == PLAIN else reduced_pay(situation, cut, month, rules, PLAIN)[0]
        steps.append(trace)
    target = situation.reference.target * part.thirtieths
    statutory, owed = (Money.rounded(one * part.thirtieths / CENTS_PER_EURO) for one in (whole, of_decree))
    inputs = {"kind": part.kind, "leg": part.leg, "thirtieths": str(part.thirtieths)}
    result = {"target_net": target, "statutory_net": statutory}
    trace = Trace("benefit.part", "rulebook §1.4", inputs, result, tuple(steps))
    # The décret guarantees income from the passage to half pay on: before it, no more than the statute.
    guaranteed = owed if part.leg is Leg.FULL else floor * part.thirtieths
    return _Amounts(part.kind, target, guaranteed, statutory, owed, trace)


def _left_out(
    situation: Situation, periods: Sequence[PaidPeriod], month: Month, rules: Rules
) -> tuple[Money, tuple[Trace, ...]]:
    """What the décret guarantees of unpaid days that the accord leaves out, less social security (S27)."""
    maintained = [one for one in periods if is_maintained(one, situation.terms.income)]
    unpaid = [one for one in periods if one.leg is Leg.NONE and one not in maintained]
    days = [one for one in unpaid if _guaranteed(one, rules)]
    if not days:
        return Money.zero(), ()
    counts = [sum(one.period.days for one in some) for some in (maintained, days)]
    part = _thirtieths(counts, month, rules)[-1]
    floor, floor_trace = income_floor(situation.reference, month.first, rules)
    daily, of_daily = daily_allowances(situation.allowances, days)
    ait = _temporary_invalidity(situation, days, month, rules)
    social = daily + Money.sum(amount for amount, _ in ait)
    amount = floor * part - social
    inputs = {"thirtieths": str(part), "social_security": social}
    steps = (floor_trace, *of_daily, *(trace for _, trace in ait))
    return amount, (Trace("decree.itt.left_out", LEFT_OUT, inputs, amount, steps),)


def _guaranteed(period: PaidPeriod, rules: Rules) -> bool:
    """Not before the décret, nor by a law kept from before the engine read this rule."""
    try:
        return any(row["kind"] == period.kind for row in rules.table("decree.itt.unpaid_leaves", period.period.start))
    except (NoValueAt, UnknownRule):
        return False


def _temporary_invalidity(
    situation: Situation, indemnified: Sequence[PaidPeriod], month: Month, rules: Rules
) -> list[tuple[Money, Trace]]:
    """The AIT for the days that are indemnified, in thirtieths."""
    days = {}
    for one in sorted(situation.ait, key=lambda one: one.period.start):
        inside = (one.period.intersection(period.period) for period in indemnified)
        if count := sum(period.days for period in inside if period is not None):
            days[one] = count
    pay = situation.reference.given.pay
    parts = _thirtieths(days.values(), month, rules)
    return [one.in_month(pay, part, rules) for one, part in zip(days, parts, strict=True)]


def _deducted(
    situation: Situation, indemnified: Sequence[PaidPeriod], parts: Sequence[_Amounts]
) -> tuple[Money, tuple[Trace, ...]]:
    """Outside the régime spécial the employer deducts social security from what it pays (décret 88-145 art. 12).

    Not in a TPT: its allowances come beside pay that the hours worked already reduce (rulebook §1.1).
    """
    if situation.insured.regime is Regime.CNRACL:
        return Money.zero(), ()
    periods = [one for one in indemnified if one.kind is not LeaveKind.TPT]
    amount, _ = daily_allowances(situation.allowances, periods)
    if not amount:
        return amount, ()
    due = Money.sum(part.statutory for part in parts)
    paid = _paid(((part.kind, part.statutory) for part in parts), amount)
    inputs = {"statutory_due": due, "deducted": amount}
    return amount, (Trace("social_security.deducted", DEDUCTION, inputs, paid),)


def _paid(parts: Iterable[tuple[LeaveKind, Money]], deducted: Money) -> Money:
    """What the employer pays for these parts of a month, never below zero."""
    worked, others = Money.zero(), Money.zero()
    for kind, amount in parts:
        worked, others = (worked + amount, others) if kind is LeaveKind.TPT else (worked, others + amount)
    return worked + (others - deducted).floored_at_zero()


def _option(terms: BenefitTerms, options: Collection[Guarantee], regime: Regime) -> RiTerms | None:
    """Option 3, when the accord has it for this regime and the agent elected it."""
    option = terms.ri_full_pay
    if option is None or Guarantee.RI_FULL_PAY not in options:
        return None
    return option if regime in option.populations else None


def _pays(terms: BenefitTerms, period: PaidPeriod, option: RiTerms) -> bool:
    """At full pay of its leaves; subordinate to the base, only where that pays as well: on no such day, mostly."""
    beside = not option.subordinate or is_maintained(period, terms.income)
    return period.leg is Leg.FULL and period.kind in option.leaves and beside


def _ri_full_pay(
    situation: Situation, periods: Sequence[PaidPeriod], month: Month, rules: Rules
) -> tuple[Money, tuple[Trace, ...]]:
    """Option 3 (rulebook S9): the share of the RI's net that the employer does not keep, over full-pay days."""
    option = _option(situation.terms, situation.options, situation.insured.regime)
    if option is None:
        return Money.zero(), ()
    steps = []
    days = [(period, FULL_TIME, False) for period in periods if _pays(situation.terms, period, option)]
    for part in _parts(days, month, rules):
        kept = situation.maintained(part.kind)
        missing = Fraction(option.target.value) - (Fraction(kept.full.value) if option.deducts_maintained else 0)
        whole = situation.reference.net_ri * max(missing, Fraction(0))
        amount = whole * part.thirtieths
        inputs = {"kind": part.kind, "thirtieths": str(part.thirtieths), "kept": kept.full}
        inputs |= {} if option.deducts_maintained else {"kept": "non déduit"}
        inputs |= {"net_ri": situation.reference.net_ri, "target": option.target, "whole_month": whole}
        inputs |= {"ri_policy": kept.source} if option.deducts_maintained else {}
        steps.append((amount, Trace("benefit.ri_full_pay", option.source, inputs, amount)))
    return Money.sum(amount for amount, _ in steps), tuple(trace for _, trace in steps)
