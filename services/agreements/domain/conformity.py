"""Checks against the scheme and the law, dated. Three sources speak of the employer's share: three separate rules."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import Final

from kit.money import Money
from kit.period import Period
from rules.book import Rules
from rules.vocabulary import PayElement
from services.agreements.domain.agreement import Agreement, GuaranteeTerm, RateTerm, Side
from services.agreements.domain.benefit import AnnuityFormula, IncomeBenefit
from services.agreements.domain.finding import Finding, error, warning
from services.agreements.domain.scheme import Scheme
from services.agreements.domain.terms import highest_after_revision

SHARE: Final = "participation.compulsory.employer_share"
MONTHS_PER_YEAR: Final = 12
STATUTE_1984: Final = "84-53"
CODE: Final = "CGFP"


def conformity(agreement: Agreement, scheme: Scheme | None, rules: Rules) -> list[Finding]:
    """What the scheme and the law, each at its dates, have against an accord."""
    findings = [*_dates(agreement), *_scheme(agreement, scheme)]
    for index, guarantee in enumerate(agreement.guarantees):
        place = f"/guarantees/{index}"
        findings += _revisions(agreement, guarantee, place)
        if guarantee.mandatory:
            findings += _law_2025(guarantee, place, rules)
            findings += _minimum_guarantees(guarantee, place, rules)
    return [*findings, *_participation(agreement, rules), *_citations(agreement)]


def _dates(agreement: Agreement) -> Iterator[Finding]:
    """Dates that cannot all be right warn and do not block (rulebook S13)."""
    signed = agreement.signature.signed_on
    if signed is None:
        return
    if agreement.signature.uncertain:
        yield warning(
            "signature_uncertain", "/signature/signed_on", "rulebook S13", "La date de signature est incertaine."
        )
    for index, signatory in enumerate(agreement.signatories):
        if signatory.side is Side.EMPLOYER and signatory.deliberation is not None and signatory.deliberation > signed:
            yield warning(
                "signed_before_deliberation",
                f"/signatories/{index}/deliberation",
                "rulebook S13",
                "La délibération est postérieure à la signature.",
            )
    if agreement.effective.start < signed:
        yield warning(
            "retroactive_effect", "/effective/from", "accord art. 9", "L'accord prend effet avant d'être signé."
        )
    dispense = agreement.eligibility.dispense
    if dispense is not None and dispense.present_deadline < signed:
        yield warning(
            "deadline_before_signature",
            "/eligibility/dispense/present_deadline",
            "rulebook S13",
            "Le délai pour demander une dispense a expiré avant la signature.",
        )


def _citations(agreement: Agreement) -> Iterator[Finding]:
    """The statute of 1984 is codified: whoever cites it cites the code as well (rulebook S22)."""
    for index, guarantee in enumerate(agreement.guarantees):
        source = guarantee.benefit.source
        if STATUTE_1984 in source and CODE not in source:
            yield warning(
                "repealed_reference",
                f"/guarantees/{index}/benefit/source",
                "rulebook S22",
                "La loi 84-53 est codifiée au code général de la fonction publique : citer les deux.",
            )


def _scheme(agreement: Agreement, scheme: Scheme | None) -> Iterator[Finding]:
    """The scheme's own floor of the employer's share, its catalogue of levels, its market."""
    if scheme is None:
        yield warning("scheme_unknown", "/scheme", "préambule", "Le régime régional n'est pas enregistré.")
        return
    if not scheme.market.meets(agreement.effective):
        yield error("outside_market", "/effective", "dossier de presse", "L'accord sort de la période du marché.")
    elif agreement.effective.last > scheme.market.last:
        yield warning(
            "outlives_market",
            "/effective/to",
            "accord art. 8 ; rulebook S20",
            "L'accord dure au-delà du marché : il devient caduc si ses conventions prennent fin sans suite.",
        )
    for index, guarantee in enumerate(agreement.guarantees):
        if not guarantee.mandatory:
            continue
        place = f"/guarantees/{index}"
        if isinstance(guarantee.benefit, IncomeBenefit) and guarantee.benefit.target not in scheme.levels:
            yield error(
                "level_not_in_catalogue",
                f"{place}/benefit/target",
                "annexe",
                "Ce niveau n'est pas au catalogue régional.",
            )
        for number, rate in enumerate(guarantee.rates):
            if rate.employer_share < scheme.minimum_employer_share:
                yield error(
                    "share_below_scheme",
                    f"{place}/rates/{number}/employer_share",
                    "accord régional du 9 juillet 2024",
                    "La part de l'employeur est inférieure au minimum du régime régional.",
                )


def _law_2025(guarantee: GuaranteeTerm, place: str, rules: Rules) -> Iterator[Finding]:
    """From the day loi 2025-1251 applies, the employer bears at least its share of the minimum guarantees."""
    for number, rate in enumerate(guarantee.rates):
        day = _first_day_under_law_2025(rate, rules)
        if day is None:
            continue
        floor = rules.at(SHARE, day)
        if rate.employer_share < floor.rate:
            yield error(
                "share_below_law",
                f"{place}/rates/{number}/employer_share",
                floor.reference,
                "La part de l'employeur sera inférieure au minimum légal dès l'entrée en vigueur de la loi 2025-1251.",
            )


def _first_day_under_law_2025(rate: RateTerm, rules: Rules) -> date | None:
    """The first day of a rate on which the law applies, if any. The law is read as it stands on the last known day."""
    in_force = rules.at("psc.law_2025.in_force", date.max).date
    shared = rate.period.intersection(Period(in_force))
    return None if shared is None else shared.start


def _minimum_guarantees(guarantee: GuaranteeTerm, place: str, rules: Rules) -> Iterator[Finding]:
    """Décret 2022-581 art. 3 and 4: 90 % of TI and NBI, 40 % of RI, an annuity of 90 % without a rate threshold."""
    benefit = guarantee.benefit
    if not isinstance(benefit, IncomeBenefit):
        return
    day = guarantee.rates[0].period.start if guarantee.rates else date.max
    floors = {
        PayElement.TIB: rules.at("decree.itt.share_tib_nbi", day),
        PayElement.NBI: rules.at("decree.itt.share_tib_nbi", day),
        PayElement.RI: rules.at("decree.itt.share_ri", day),
    }
    for element, floor in floors.items():
        if element not in benefit.elements or benefit.target < floor.rate:
            yield error(
                "below_minimum_guarantee",
                f"{place}/benefit",
                floor.reference,
                f"La garantie d'incapacité est inférieure au minimum du décret pour l'élément {element}.",
            )
    annuity = rules.at("decree.annuity.share", day)
    if benefit.target < annuity.rate:
        yield error(
            "below_minimum_annuity",
            f"{place}/benefit",
            annuity.reference,
            "La rente est inférieure au minimum du décret.",
        )
    if benefit.annuity.formula is not AnnuityFormula.FULL_TARGET:
        yield warning(
            "annuity_below_decree",
            f"{place}/benefit/annuity",
            f"{annuity.reference} ; rulebook S6",
            "Sous un certain taux, la rente peut être inférieure au minimum du décret, que l'employeur doit.",
        )


def _revisions(agreement: Agreement, guarantee: GuaranteeTerm, place: str) -> Iterator[Finding]:
    """Art. 5.3: a rate does not move while it is guaranteed, then by a limited part of itself at each revision."""
    for number, (before, after) in enumerate(pairwise(sorted(guarantee.rates, key=lambda r: r.period.start)), start=1):
        pointer = f"{place}/rates/{number}/rate"
        source = agreement.revision.source if agreement.revision else "accord art. 5.3"
        if (
            before.guaranteed_to is not None
            and after.period.start <= before.guaranteed_to
            and after.rate != before.rate
        ):
            yield error("rate_frozen", pointer, source, "Le taux change alors qu'il est garanti.")
        ceiling = highest_after_revision(agreement, before.rate)
        if ceiling is not None and after.rate > ceiling:
            yield error("increase_too_high", pointer, source, "La hausse dépasse le plafond d'une révision.")


def _participation(agreement: Agreement, rules: Rules) -> Iterator[Finding]:
    """The law's monthly floor (décret 2022-581 art. 2), reckoned on the smallest full-time traitement."""
    day = agreement.effective.start
    floor = rules.at("participation.prevoyance.floor", day)
    shares = [
        Fraction(rate.rate.value) * Fraction(rate.employer_share.value)
        for guarantee in agreement.guarantees
        if guarantee.mandatory
        for rate in guarantee.rates
        if day in rate.period
    ]
    smallest = _smallest_traitement(rules, day)
    if smallest * sum(shares, Fraction(0)) < floor.money:
        yield error(
            "participation_below_law",
            "/guarantees",
            floor.reference,
            "Au traitement minimal à temps complet, la participation de l'employeur est inférieure au minimum légal.",
        )


def _smallest_traitement(rules: Rules, day: date) -> Money:
    """The traitement of the lowest index, full time, a month."""
    index = rules.at("index_point.minimum_index", day).integer
    return Money.rounded(Fraction(rules.at("index_point.yearly", day).value) * index / MONTHS_PER_YEAR)
