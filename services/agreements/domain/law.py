"""What the law asks of an accord on one day. Each rule is held apart, for each has its own source and its own dates."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import Final

from kit.money import Money
from kit.period import MONTHS_PER_YEAR
from rules.book import NoValueAt, RuleBook, RuleValue
from rules.vocabulary import PayElement, Regime
from services.agreements.domain.agreement import Agreement, GuaranteeTerm
from services.agreements.domain.benefit import AnnuityFormula, IncomeBenefit
from services.agreements.domain.days import law_2025
from services.agreements.domain.finding import Finding, error, warning
from services.agreements.domain.terms import rate_on

SHARE: Final = "participation.compulsory.employer_share"
ITT_SHARES: Final = {
    PayElement.TIB: "decree.itt.share_tib_nbi",
    PayElement.NBI: "decree.itt.share_tib_nbi",
    PayElement.RI: "decree.itt.share_ri",
}


def law_findings(agreement: Agreement, day: date, rules: RuleBook) -> Iterator[Finding]:
    """What the law of a day has against the accord of that day."""
    yield from _participation(agreement, day, rules)
    yield from _populations(agreement)
    for index, guarantee in enumerate(agreement.guarantees):
        if guarantee.mandatory and isinstance(guarantee.benefit, IncomeBenefit):
            place = f"/guarantees/{index}"
            yield from _incapacity(guarantee.benefit, day, place, rules)
            yield from _invalidity(guarantee.benefit, day, place, rules)
            if day in law_2025(rules):
                yield from _half_of_the_minimum(guarantee, day, place, rules)
    if day in law_2025(rules) and agreement.eligibility.dispense is not None:
        yield warning(
            "dispense_under_law_2025",
            "/eligibility/dispense",
            "loi 2025-1251, CGFP L. 827-6 (rulebook §4.4)",
            "Un décret fixera les cas de dispense : ceux de l'accord sont à revoir.",
        )


def _participation(agreement: Agreement, day: date, rules: RuleBook) -> Iterator[Finding]:
    """The law's monthly floor (décret 2022-581 art. 2), reckoned on the smallest full-time traitement."""
    floor = _known(rules, "participation.prevoyance.floor", day)
    if floor is None:
        return
    smallest = _smallest_traitement(rules, day)
    insured = {regime for guarantee in agreement.guarantees if guarantee.mandatory for regime in guarantee.populations}
    below = [regime for regime in sorted(insured) if _paid_for(agreement, regime, smallest, day) < floor.money]
    if below:
        yield error(
            "participation_below_law",
            "/guarantees",
            floor.reference,
            "Au traitement minimal à temps complet, la participation de l'employeur est inférieure au minimum légal "
            f"({', '.join(below)}).",
        )


def _paid_for(agreement: Agreement, regime: Regime, pay: Money, day: date) -> Money:
    """What the employer pays in a month for compulsory guarantees on this pay."""
    rates = [
        rate
        for guarantee in agreement.guarantees
        if guarantee.mandatory and regime in guarantee.populations and (rate := rate_on(guarantee, day)) is not None
    ]
    return pay * sum((Fraction(r.rate.value) * Fraction(r.employer_share.value) for r in rates), Fraction(0))


def _half_of_the_minimum(guarantee: GuaranteeTerm, day: date, place: str, rules: RuleBook) -> Iterator[Finding]:
    """Loi 2025-1251: the employer bears its share of what the minimum guarantees cost.

    Where the document does not say which part of the rate pays for them, the whole rate is taken.
    """
    floor = rules.at(SHARE, day)
    for index, rate in enumerate(guarantee.rates):
        minimum = (rate.minimum_rate or rate.rate).value * floor.rate.value
        if day in rate.period and rate.rate.value * rate.employer_share.value < minimum:
            yield error(
                "share_below_law",
                f"{place}/rates/{index}/employer_share",
                floor.reference,
                "La part de l'employeur est inférieure au minimum légal de la cotisation aux garanties minimales.",
            )


def _incapacity(benefit: IncomeBenefit, day: date, place: str, rules: RuleBook) -> Iterator[Finding]:
    """Décret 2022-581 art. 3 and 4: 90 % of TI and NBI, 40 % of RI."""
    for element, figure in ITT_SHARES.items():
        floor = _known(rules, figure, day)
        if floor is not None and not (element in benefit.elements and floor.rate <= benefit.target):
            yield error(
                "below_minimum_guarantee",
                f"{place}/benefit",
                floor.reference,
                f"La garantie d'incapacité est inférieure au minimum du décret pour l'élément {element}.",
            )


def _invalidity(benefit: IncomeBenefit, day: date, place: str, rules: RuleBook) -> Iterator[Finding]:
    """Décret 2022-581 art. 3 and 4: 90 % without a rate threshold (CNRACL), from category 2 or AT/MP 66 % elsewhere."""
    floor = _known(rules, "decree.annuity.share", day)
    if floor is None:
        return
    if benefit.target < floor.rate:
        message = "La rente est inférieure au minimum du décret."
        yield error("below_minimum_annuity", f"{place}/benefit", floor.reference, message)
    atmp = rules.at("decree.annuity.atmp_rate", day)
    if benefit.annuity.atmp_from > atmp.rate:
        message = "La rente demande un taux AT/MP plus élevé que le décret."
        yield error("annuity_opens_late", f"{place}/benefit/annuity/atmp_from", atmp.reference, message)
    categories = rules.at("decree.annuity.categories", day)
    if not {str(row.integer("category")) for row in categories.rows} <= set(benefit.annuity.categories):
        message = "Une catégorie d'invalidité que le décret couvre n'ouvre pas la rente."
        yield error("category_left_out", f"{place}/benefit/annuity/categories", categories.reference, message)
    if benefit.annuity.formula is not AnnuityFormula.FULL_TARGET:
        yield warning(
            "annuity_below_decree",
            f"{place}/benefit/annuity",
            f"{floor.reference} ; rulebook S6",
            "Sous un certain taux, la rente peut être inférieure au minimum du décret, que l'employeur doit.",
        )


def _populations(agreement: Agreement) -> Iterator[Finding]:
    """Art. 2.1 « l'ensemble du personnel »: the decree's minimum is due to each regime."""
    covered: set[Regime] = set()
    for guarantee in agreement.guarantees:
        if guarantee.mandatory and isinstance(guarantee.benefit, IncomeBenefit):
            covered |= guarantee.populations
    if left_out := sorted(set(Regime) - covered):
        yield warning(
            "population_left_out",
            "/guarantees",
            "décret 2022-581 art. 3 et 4 ; accord art. 2.1",
            f"Le régime de base ne couvre pas : {', '.join(left_out)}.",
        )


def _smallest_traitement(rules: RuleBook, day: date) -> Money:
    """The traitement of the lowest index, full time, a month."""
    index = rules.at("index_point.minimum_index", day).integer
    return Money.rounded(Fraction(rules.at("index_point.yearly", day).value) * index / MONTHS_PER_YEAR)


def _known(rules: RuleBook, figure: str, day: date) -> RuleValue | None:
    """The figure of a day, or None before the law knew one."""
    try:
        return rules.at(figure, day)
    except NoValueAt:
        return None
