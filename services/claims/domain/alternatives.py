"""The other reading of each sentence that the sources leave open (rulebook §8), and what it would give in a case.

An accord's terms settle each of them one way; the same engine decides the case the other way. Only terms change: the
facts and the law are those of the decision.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, Final

from kit.errors import RelaisError
from kit.money import Money
from kit.rate import Rate
from rules.book import Rules
from rules.vocabulary import Guarantee, LeaveKind, PayElement, Regime
from services.claims.domain.case import Case, Decision, decide
from services.claims.domain.entitlement import NO_PAY
from services.claims.domain.terms import (
    UNPAID_LEAVES,
    WHOLE,
    AnnuityFormula,
    BenefitStart,
    BenefitTerms,
    CapitalDue,
    Compared,
    Net,
    Prorated,
)
from services.claims.domain.terms_document import Document

SICK_LEAVE: Final = frozenset({LeaveKind.CMO})
TPT: Final = frozenset({LeaveKind.TPT})
SUPPLEMENTS: Final = frozenset({PayElement.SFT, PayElement.IR})


class FigureKind(StrEnum):
    """What of a decision has an amount."""

    BENEFIT = "BENEFIT"
    RI_FULL_PAY = "RI_FULL_PAY"
    ANNUITY = "ANNUITY"
    DEATH = "DEATH"
    RETIREMENT_LOSS = "RETIREMENT_LOSS"


@dataclass(frozen=True, slots=True)
class Sum:
    """An amount, and of a capital the day it is due."""

    amount: Money
    due: date | None = None


NOTHING: Final = Sum(Money.zero())


@dataclass(frozen=True, slots=True)
class Figure:
    """What one amount of a decision is, and what it would be."""

    kind: FigureKind
    now: Sum
    otherwise: Sum


@dataclass(frozen=True, slots=True)
class Reading:
    """One open sentence: its place in the rulebook, how the terms read it, how else it may be read, and those terms.

    `stated`: the accord says it, else it is the reading of whoever leaves it unsaid.
    """

    code: str
    chosen: str
    other: str
    terms: BenefitTerms
    source: str
    stated: bool


@dataclass(frozen=True, slots=True)
class Alternative:
    """A reading that bears on a case: what differs. `refused`: the code of why the other one decides nothing."""

    reading: Reading
    figures: tuple[Figure, ...]
    refused: str | None = None


@dataclass(frozen=True, slots=True)
class Alternatives:
    """Those that bear on the case, and the codes of those that would leave it as it is."""

    bearing: tuple[Alternative, ...]
    without_effect: tuple[str, ...]


def alternatives(case: Case, document: Document, law: Rules) -> Alternatives:
    """Decide a case by the other reading of each open sentence, as worked out: amounts people decided are left out.

    `law`: the values that the decision read, and of today what only the other reading asks for (`RuleBook.holding`).
    """
    plain = replace(case, override=None, ri_override=None, annuity_override=None, capital_override=None)
    now = _sums(decide(plain, law))
    bearing, without = [], []
    for reading in readings(case.terms, case.insured.regime, document):
        found = _otherwise(reading, plain, now, law)
        if found.figures or found.refused:
            bearing.append(found)
        else:
            without.append(reading.code)
    return Alternatives(tuple(bearing), tuple(dict.fromkeys(without)))


def _otherwise(reading: Reading, case: Case, now: Mapping[FigureKind, Sum], law: Rules) -> Alternative:
    other = replace(case, terms=reading.terms)
    try:
        then = _sums(decide(other, law))
    except RelaisError as refusal:
        return Alternative(reading, (), refusal.code)
    sums = ((kind, now.get(kind, NOTHING), then.get(kind, NOTHING)) for kind in FigureKind)
    return Alternative(reading, tuple(Figure(*one) for one in sums if one[1] != one[2]))


def _sums(decision: Decision) -> dict[FigureKind, Sum]:
    """The amounts of a decision; months together, of which a decision of a claim has one."""
    found = {
        FigureKind.BENEFIT: Sum(Money.sum(month.benefit for month in decision.months)),
        FigureKind.RI_FULL_PAY: Sum(Money.sum(month.ri_full_pay for month in decision.months)),
        **{FigureKind(capital.guarantee): Sum(capital.amount, capital.due) for capital in decision.capitals},
    }
    return found | ({FigureKind.ANNUITY: Sum(decision.annuity.monthly)} if decision.annuity else {})


def readings(terms: BenefitTerms, regime: Regime, document: Document) -> Iterator[Reading]:
    """Each open sentence that the terms have a place for, in the order of the rulebook."""
    benefits = {Guarantee(one["code"]): one["benefit"] for one in document["guarantees"]}
    base = benefits[Guarantee.BASE]
    yield from _of_annuity(terms, base)
    yield from _of_bases(terms, regime, document)
    yield from _of_death(terms)
    yield from _of_ri(terms, benefits.get(Guarantee.RI_FULL_PAY, {}))
    yield from _of_start(terms)
    yield from _of_retirement(terms, benefits.get(Guarantee.RETIREMENT_LOSS, {}))
    yield from _of_unpaid(terms, base)
    yield from _of_compared(terms, base)


def _of_annuity(terms: BenefitTerms, said: Mapping[str, Any]) -> Iterator[Reading]:
    """S6: the rate takes its share of what the pensions leave, or of the target."""
    annuity = terms.income.annuity
    if annuity.formula is AnnuityFormula.PRORATED_I_OVER_50:
        other = Prorated.TARGET if annuity.prorated is Prorated.ANNUITY else Prorated.ANNUITY
        then = _income(terms, annuity=replace(annuity, prorated=other))
        stated = bool(said["annuity"].get("prorated"))
        yield Reading("S6", f"PRORATED_{annuity.prorated}", f"PRORATED_{other}", then, terms.income.source, stated)


def _of_bases(terms: BenefitTerms, regime: Regime, document: Document) -> Iterator[Reading]:
    """S7: the base of contributions, and of a capital, before or after the transfer of bonuses into points."""
    rule = next((base for base in terms.bases if regime in base.populations), None)
    if rule is None or PayElement.RI not in rule.elements:
        return
    bases = tuple(replace(base, after_tpp=not base.after_tpp) if base == rule else base for base in terms.bases)
    said = next(one for one in document["contribution_base"] if regime.value in one["populations"])
    now, other = _turned("AFTER_TPP", "BEFORE_TPP", held=rule.after_tpp)
    yield Reading("S7", now, other, replace(terms, bases=bases), str(said.get("source", "")), bool(said.get("tpp")))


def _of_death(terms: BenefitTerms) -> Iterator[Reading]:
    """S8: an IAD pays the whole capital and extinguishes it, or nothing of it."""
    option = terms.death
    if option is not None:
        advance: Rate = NO_PAY if option.advance_on_iad == WHOLE else WHOLE
        now = "IAD_PAYS_WHOLE" if option.advance_on_iad == WHOLE else "IAD_PAYS_PART"
        other = "IAD_PAYS_NOTHING" if advance == NO_PAY else "IAD_PAYS_WHOLE"
        then = replace(terms, death=replace(option, advance_on_iad=advance))
        yield Reading("S8", now, other, then, option.source, stated=True)


def _of_ri(terms: BenefitTerms, said: Mapping[str, Any]) -> Iterator[Reading]:
    """S9: whether what the employer keeps of the RI is deducted, and whether the base must pay beside it."""
    option = terms.ri_full_pay
    if option is None:
        return
    deducts, beside = option.deducts_maintained, option.subordinate
    then = replace(terms, ri_full_pay=replace(option, deducts_maintained=not deducts))
    now, other = _turned("RI_DEDUCTED", "RI_NOT_DEDUCTED", held=deducts)
    yield Reading("S9", now, other, then, option.source, said.get("deducts_maintained") is not None)
    then = replace(terms, ri_full_pay=replace(option, subordinate=not beside))
    now, other = _turned("RI_SUBORDINATE", "RI_ON_ITS_OWN", held=beside)
    yield Reading("S9", now, other, then, option.source, said.get("subordinate") is not None)


def _of_start(terms: BenefitTerms) -> Iterator[Reading]:
    """S10: from half pay on, or as soon as full pay is cut."""
    starts = terms.income.starts
    other = BenefitStart.FIRST_DAY if starts is BenefitStart.HALF_PAY else BenefitStart.HALF_PAY
    then = _income(terms, starts=other)
    yield Reading("S10", f"FROM_{starts}", f"FROM_{other}", then, terms.income.source, True)


def _of_retirement(terms: BenefitTerms, said: Mapping[str, Any]) -> Iterator[Reading]:
    """S24: at the legal age or with the annuity, whole or in its share."""
    option = terms.retirement
    if option is None:
        return
    due = CapitalDue.ANNUITY_START if option.due is CapitalDue.LEGAL_AGE else CapitalDue.LEGAL_AGE
    then = replace(terms, retirement=replace(option, due=due))
    yield Reading("S24", f"DUE_{option.due}", f"DUE_{due}", then, option.source, True)
    then = replace(terms, retirement=replace(option, prorated=not option.prorated))
    now, other = _turned("CAPITAL_PRORATED", "CAPITAL_WHOLE", held=option.prorated)
    yield Reading("S24", now, other, then, option.source, said.get("prorated") is not None)


def _of_unpaid(terms: BenefitTerms, said: Mapping[str, Any]) -> Iterator[Reading]:
    """S27: whether a TPT is maintained, and the unpaid days of sick leave."""
    unpaid, stated = terms.income.unpaid, said.get("unpaid_leaves") is not None
    for leaves, name in ((TPT, "TPT"), (SICK_LEAVE & UNPAID_LEAVES, "UNPAID_SICK_LEAVE")):
        held = leaves <= unpaid
        then = _income(terms, unpaid=unpaid - leaves if held else unpaid | leaves)
        now, other = _turned(f"{name}_IN", f"{name}_OUT", held=held)
        yield Reading("S27", now, other, then, terms.income.source, stated)


def _of_compared(terms: BenefitTerms, said: Mapping[str, Any]) -> Iterator[Reading]:
    """S28: with SFT and IR on both sides, or on neither. S29: before the agent's own contribution, or after it."""
    income = terms.income
    compared = income.compared
    if PayElement.ALL not in compared.elements:
        held = compared.elements >= SUPPLEMENTS
        elements = compared.elements - SUPPLEMENTS if held else compared.elements | SUPPLEMENTS
        then = _income(terms, compared=Compared(elements, compared.net))
        now, other = _turned("WITH_SUPPLEMENTS", "WITHOUT_SUPPLEMENTS", held=held)
        yield Reading("S28", now, other, then, income.source, True)
    net = Net.AFTER_CONTRIBUTION if compared.net is Net.BEFORE_CONTRIBUTION else Net.BEFORE_CONTRIBUTION
    then = _income(terms, compared=Compared(compared.elements, net))
    yield Reading("S29", f"NET_{compared.net}", f"NET_{net}", then, income.source, said.get("net") is not None)


def _income(terms: BenefitTerms, **changes: Any) -> BenefitTerms:
    return replace(terms, income=replace(terms.income, **changes))


def _turned(yes: str, no: str, *, held: bool) -> tuple[str, str]:
    """What holds, and the other one."""
    return (yes, no) if held else (no, yes)
