"""Checks that need nothing but the document: it says one thing for each day, and nothing that contradicts it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from kit.period import ONE_DAY, Period
from rules.vocabulary import Guarantee
from services.agreements.domain.agreement import Agreement, GuaranteeTerm, RateTerm
from services.agreements.domain.finding import Finding, error, warning


def structure(agreement: Agreement) -> list[Finding]:
    """Everything that is wrong or doubtful in the document by itself, in the document's order."""
    return [
        *_employers(agreement),
        *_insurers(agreement),
        *terms_structure(agreement),
        *_exceptions(agreement),
    ]


def terms_structure(agreement: Agreement) -> list[Finding]:
    """The part of it that speaks of the terms and not of the parties."""
    return [*_guarantees(agreement), *_bases(agreement)]


def _overlaps(periods: Sequence[Period]) -> bool:
    """Whether two of them share a day."""
    return any(later.meets(earlier) for earlier, later in pairwise(sorted(periods, key=lambda p: (p.start, p.last))))


def _employers(agreement: Agreement) -> Iterator[Finding]:
    sirets = [employer.siret for employer in agreement.employers]
    if not sirets:
        yield error("no_employer", "/employers", "accord, parties", "Un accord a au moins un employeur.")
    for siret, times in Counter(sirets).items():
        if times > 1:
            place = f"/employers/{sirets.index(siret)}"
            yield error("employer_twice", place, "accord, parties", "Le même employeur figure deux fois.")
    for index, employer in enumerate(agreement.employers):
        if not _inside(employer.period, agreement.effective):
            yield error(
                "outside_effective", f"/employers/{index}", "accord art. 9", "L'employeur sort des dates de l'accord."
            )


def _insurers(agreement: Agreement) -> Iterator[Finding]:
    if not agreement.insurers:
        yield warning("insurer_unknown", "/insurers", "rulebook S19", "Aucun organisme assureur n'est indiqué.")
    if _overlaps([insurer.period for insurer in agreement.insurers]):
        yield error("insurers_overlap", "/insurers", "accord art. 8", "Deux assureurs couvrent un même jour.")
    for index, insurer in enumerate(agreement.insurers):
        if insurer.legal_code is None:
            yield warning(
                "legal_code_unknown",
                f"/insurers/{index}/legal_code",
                "rulebook §7",
                "Le code applicable à l'assureur est inconnu : la prescription reste à préciser.",
            )


def _guarantees(agreement: Agreement) -> Iterator[Finding]:
    codes = [guarantee.code for guarantee in agreement.guarantees]
    for code, times in Counter(codes).items():
        if times > 1:
            yield error(
                "guarantee_twice", f"/guarantees/{codes.index(code)}", "annexe", "La garantie figure deux fois."
            )
    base = next((g for g in agreement.guarantees if g.code is Guarantee.BASE), None)
    if base is None:
        yield error("base_missing", "/guarantees", "accord art. 2.1", "Le régime de base manque.")
    elif not base.mandatory:
        place = f"/guarantees/{codes.index(Guarantee.BASE)}/mandatory"
        yield error("base_not_mandatory", place, "accord art. 3", "L'adhésion au régime de base est obligatoire.")
    for index, guarantee in enumerate(agreement.guarantees):
        yield from _guarantee(agreement, guarantee, f"/guarantees/{index}")


def _guarantee(agreement: Agreement, guarantee: GuaranteeTerm, place: str) -> Iterator[Finding]:
    if guarantee.unresolved:
        yield warning(
            "unresolved",
            place,
            guarantee.source,
            "Les textes se contredisent : clause à confirmer (référentiel de Relais S1, S9).",
        )
    periods = [rate.period for rate in guarantee.rates]
    if _overlaps(periods):
        yield error("rates_overlap", f"{place}/rates", "accord art. 5.1", "Deux taux s'appliquent un même jour.")
    elif not _cover(periods, agreement.effective):
        yield error("rate_missing", f"{place}/rates", "accord art. 5.1", "Un jour de l'accord n'a pas de taux.")
    for index, rate in enumerate(guarantee.rates):
        yield from _rate(guarantee, rate, f"{place}/rates/{index}")


def _rate(guarantee: GuaranteeTerm, rate: RateTerm, place: str) -> Iterator[Finding]:
    if rate.guaranteed_to is not None and rate.guaranteed_to < rate.period.start:
        message = "La garantie du taux s'achève avant qu'il commence."
        yield error("guaranteed_before_start", f"{place}/guaranteed_to", "accord art. 5.3", message)
    for name, said in (("rate", rate.rate), ("employer_share", rate.employer_share)):
        if said.value > 1:
            yield error("above_whole", f"{place}/{name}", "accord art. 5.1", "Une part ne dépasse pas le tout.")
    if rate.minimum_rate is not None and rate.minimum_rate > rate.rate:
        message = "La part des garanties minimales dépasse le taux."
        yield error("minimum_above_rate", f"{place}/minimum_rate", "CGFP L. 827-11", message)
    if guarantee.unresolved and rate.employer_share.value < 1:
        message = "Rien n'est retenu aux agents pour une clause que les textes laissent ouverte."
        yield error("unresolved_charged_to_agent", f"{place}/employer_share", "rulebook S1", message)


def _bases(agreement: Agreement) -> Iterator[Finding]:
    populations = [population for base in agreement.bases for population in base.populations]
    for population, times in Counter(populations).items():
        if times > 1:
            yield error(
                "two_bases", "/contribution_base", "accord art. 5.2", f"Deux assiettes pour la population {population}."
            )
    insured = {population for guarantee in agreement.guarantees for population in guarantee.populations}
    for population in sorted(insured - set(populations)):
        yield error(
            "no_base", "/contribution_base", "accord art. 5.2", f"Aucune assiette pour la population {population}."
        )


def _exceptions(agreement: Agreement) -> Iterator[Finding]:
    """An exception is for an employer of the accord, while it is one, and alone on its days."""
    for index, one in enumerate(agreement.exceptions):
        place = f"/exceptions/{index}"
        party = next((e for e in agreement.employers if e.siret == one.employer), None)
        if party is None or not _inside(one.period, party.period):
            yield error("exception_outside", place, one.source, "L'exception vise un employeur hors de l'accord.")
        if any(
            other.employer == one.employer and other.period.meets(one.period) for other in agreement.exceptions[:index]
        ):
            yield error("exceptions_overlap", place, one.source, "Deux exceptions visent un employeur un même jour.")


def _inside(inner: Period, outer: Period) -> bool:
    return outer.start <= inner.start and inner.last <= outer.last


def _cover(periods: Sequence[Period], whole: Period) -> bool:
    """Whether periods that do not overlap hold every day of `whole`."""
    ordered = sorted(periods)
    if not ordered or ordered[0].start > whole.start or ordered[-1].last < whole.last:
        return False
    return all(earlier.last + ONE_DAY == later.start for earlier, later in pairwise(ordered))
