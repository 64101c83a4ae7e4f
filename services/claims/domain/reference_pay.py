"""Which pay is the reference of a benefit: full-pay months before a leave, averaged for contractuels, revalued (§3.3).

No text defines it; what was chosen stands in rules/ as an assumption, and in the trace that is frozen on the claim.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Final

from kit.money import Money
from kit.period import Month
from kit.trace import Trace
from rules.book import Rules
from rules.pay import PayElements
from rules.vocabulary import Regime
from services.claims.domain.parameter import parameter
from services.claims.domain.reference import ReferencePay, told_by
from services.claims.domain.terms import BenefitTerms

POINT: Final = "index_point.yearly"
AVERAGED: Final = "reference.contractual.months"
ELEMENTS: Final = ("tib", "nbi", "ri", "sft", "ir", "other")
REFERENCE: Final = "rulebook §3.3 : dernier mois à plein traitement, revalorisé"


@dataclass(frozen=True, slots=True)
class ReferenceFound:
    """The reference month and its pay; a month without pay is awaited, no month at all is for a person to settle.

    `trace` says how the pay was found; None where somebody told it.
    """

    month: Month | None
    given: ReferencePay | None
    trace: Trace | None = None


def months_needed(regime: Regime, day: date, rules: Rules) -> int:
    """How many full-pay months the reference is the average of."""
    if regime is Regime.CONTRACTUEL_PUBLIC:
        return rules.at(AVERAGED, day).integer
    return 1


def reference_from(
    months: Sequence[Month], pay: Mapping[Month, PayElements], start: date, rules: Rules
) -> ReferenceFound:
    """The reference of a leave that starts on `start`, from its full-pay months, the last first. Raises NoValueAt."""
    awaited = next((month for month in months if month not in pay), None)
    if not months or awaited is not None:
        return ReferenceFound(awaited, None)
    known = [pay[month] for month in months]
    averaged, steps = (known[0], ()) if len(known) == 1 else _average(months, known, start, rules)
    found, revaluation = _revalued(averaged, months[0], start, rules)
    inputs = {"months": [str(month) for month in sorted(months)], "start": start}
    paid = tuple(Trace("reference.month", "paie reçue", {"month": m}, _shown(pay[m])) for m in sorted(months))
    trace = Trace("reference.pay", REFERENCE, inputs, _shown(found), (*paid, *steps, *revaluation))
    return ReferenceFound(months[0], ReferencePay(months[0], found, found=trace), trace)


def told_to(found: ReferenceFound, terms: BenefitTerms, regime: Regime) -> ReferenceFound:
    """The same reference, with the elements that an accord takes anything from."""
    given = found.given
    return found if given is None else replace(found, given=replace(given, pay=told_by(given.pay, terms, regime)))


def _shown(pay: PayElements) -> dict[str, Money]:
    """What every accord compares, and the other elements where there are any."""
    others = {name: getattr(pay, name) for name in ELEMENTS[3:]}
    return {"tib": pay.tib, "nbi": pay.nbi, "ri": pay.ri, **{name: one for name, one in others.items() if one}}


def _average(
    months: Sequence[Month], known: Sequence[PayElements], start: date, rules: Rules
) -> tuple[PayElements, tuple[Trace, ...]]:
    """The mean of each element, rounded once, from sums."""
    total = PayElements(**{name: Money.sum(getattr(one, name) for one in known) for name in ELEMENTS})
    share = Fraction(1, len(known))
    found = PayElements(**{name: getattr(total, name) * share for name in ELEMENTS})
    needed = rules.at(AVERAGED, start)
    inputs = {"months": [str(month) for month in sorted(months)], "count": len(known), "total": _shown(total)}
    return found, (Trace("reference.average", needed.reference, inputs, _shown(found), (parameter(needed),)),)


def _revalued(pay: PayElements, month: Month, start: date, rules: Rules) -> tuple[PayElements, tuple[Trace, ...]]:
    """What follows the point d'indice, by as much as it rose since the month; rounded once for each element."""
    if not rules.moves(POINT, month.first, start):
        return pay, ()
    then, now = rules.at(POINT, month.first), rules.at(POINT, start)
    factor = Fraction(now.value) / Fraction(then.value)
    inputs = {"then": then.value, "now": now.value, "tib": pay.tib, "nbi": pay.nbi}
    found = replace(pay, tib=pay.tib * factor, nbi=pay.nbi * factor)
    steps = (parameter(then), parameter(now))
    return found, (Trace(now.id, now.reference, inputs, {"tib": found.tib, "nbi": found.nbi}, steps),)
