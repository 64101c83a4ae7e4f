"""Checks of an accord against its scheme and the law, at every date on which one of the three changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Final

from rules.book import RuleBook
from rules.vocabulary import Guarantee, Regime
from services.agreements.domain.agreement import Agreement, GuaranteeTerm, Side, SuspendedBase
from services.agreements.domain.days import days_of_change
from services.agreements.domain.finding import Finding, error, warning
from services.agreements.domain.law import law_findings
from services.agreements.domain.scheme import Scheme
from services.agreements.domain.scheme_rules import scheme_findings, scheme_findings_on
from services.agreements.domain.terms import highest_after_revision

STATUTE_1984: Final = "84-53"
CODE: Final = "CGFP"


def conformity(agreement: Agreement, scheme: Scheme | None, rules: RuleBook) -> list[Finding]:
    """What the scheme and the law, each at its dates, have against an accord; every remark once, with its first day."""
    return [
        *_dates(agreement),
        *scheme_findings(agreement, scheme),
        *_revisions(agreement, scheme),
        *_doubtful_terms(agreement),
        *_dated(agreement, scheme, rules),
    ]


def _dated(agreement: Agreement, scheme: Scheme | None, rules: RuleBook) -> Iterator[Finding]:
    """Day by day: the first day of each remark."""
    seen: set[Finding] = set()
    for day in days_of_change(agreement, scheme, rules):
        since = None if day == agreement.effective.start else day
        for finding in (*scheme_findings_on(agreement, scheme, day), *law_findings(agreement, day, rules)):
            if finding not in seen:
                seen.add(finding)
                yield replace(finding, since=since)


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
                f"La délibération de {signatory.party} est postérieure à la signature.",
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


def _doubtful_terms(agreement: Agreement) -> Iterator[Finding]:
    """What the sources leave open: a suspended month's base (S14), a repealed citation (S22), option 1 for all (S4)."""
    if agreement.eligibility.suspension.contribution_on is SuspendedBase.REFERENCE:
        yield warning(
            "suspended_on_reference",
            "/eligibility/suspension/contribution_on",
            "accord art. 2.2 ; rulebook S14",
            "Les cotisations d'un mois suspendu sont calculées sur la paie due : cette clause n'est pas appliquée.",
        )
    for index, guarantee in enumerate(agreement.guarantees):
        source = guarantee.benefit.source
        if STATUTE_1984 in source and CODE not in source:
            yield warning(
                "repealed_reference",
                f"/guarantees/{index}/benefit/source",
                "rulebook S22",
                "La loi 84-53 est codifiée au code général de la fonction publique : citer les deux.",
            )
        if guarantee.code is Guarantee.RETIREMENT_LOSS and guarantee.populations != {Regime.CNRACL}:
            yield warning(
                "option_beyond_cnracl",
                f"/guarantees/{index}/populations",
                "annexe, option 1 ; rulebook S4",
                "L'option 1 n'est ouverte qu'aux agents relevant de la CNRACL.",
            )


def _revisions(agreement: Agreement, scheme: Scheme | None) -> Iterator[Finding]:
    """Art. 5.3: a rate does not move while it is guaranteed, then by a limited part of itself at each revision."""
    if agreement.revision is None:
        message = "L'accord ne limite pas la hausse d'un taux à chaque révision."
        yield warning("increase_unlimited", "/rate_revision", "accord art. 5.3 ; rulebook S18", message)
    for index, guarantee in enumerate(agreement.guarantees):
        yield from _rate_changes(agreement, scheme, guarantee, f"/guarantees/{index}")


def _rate_changes(
    agreement: Agreement, scheme: Scheme | None, guarantee: GuaranteeTerm, place: str
) -> Iterator[Finding]:
    source = agreement.revision.source if agreement.revision else "accord art. 5.3"
    for before, after in pairwise(sorted(guarantee.rates, key=lambda r: r.period.start)):
        pointer = f"{place}/rates/{guarantee.rates.index(after)}/rate"
        guaranteed = _kept_by_the_market(scheme, after.period.start) or (
            before.guaranteed_to is not None and after.period.start <= before.guaranteed_to
        )
        if guaranteed and after.rate != before.rate:
            yield error("rate_frozen", pointer, source, "Le taux change alors qu'il est garanti.")
        ceiling = highest_after_revision(agreement, before.rate)
        if ceiling is not None and after.rate > ceiling:
            yield error("increase_too_high", pointer, source, "La hausse dépasse le plafond d'une révision.")


def _kept_by_the_market(scheme: Scheme | None, day: date) -> bool:
    """Whether a rate of the eve is one that the market keeps on this day (préambule, « maintenus pendant 3 ans »)."""
    if scheme is None or scheme.rates_guaranteed_to is None:
        return False
    return scheme.market.start < day <= scheme.rates_guaranteed_to
