"""The whole check of an accord, and what it takes to sign it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kit.errors import RelaisError
from rules.book import RuleBook
from services.agreements.domain.agreement import Agreement, Side
from services.agreements.domain.conformity import conformity
from services.agreements.domain.errors import InvalidAgreement, NotSignable
from services.agreements.domain.finding import Finding, Severity
from services.agreements.domain.scheme import Scheme
from services.agreements.domain.structure import structure, terms_structure


def validate(agreement: Agreement, scheme: Scheme | None, rules: RuleBook) -> list[Finding]:
    """Errors first, then doubts. The law is asked only when the document holds together."""
    findings = structure(agreement)
    if not errors(findings):
        findings += conformity(agreement, scheme, rules)
        for index, one in enumerate(agreement.exceptions):
            findings += _of_exception(agreement.in_exception(one), f"/exceptions/{index}", scheme, rules, findings)
    return sorted(findings)


def _of_exception(
    resolved: Agreement, place: str, scheme: Scheme | None, rules: RuleBook, known: Sequence[Finding]
) -> list[Finding]:
    """What an exception brings that the accord itself does not have: it is held to the scheme and the law as well."""
    found = terms_structure(resolved)
    if not errors(found):
        found += conformity(resolved, scheme, rules)
    had = {(finding.severity, finding.code, finding.detail_fr) for finding in known}
    new = [f for f in found if (f.severity, f.code, f.detail_fr) not in had]
    return [replace(finding, pointer=place) for finding in dict.fromkeys(new)]


def errors(findings: list[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.severity is Severity.ERROR]


def accepted(agreement: Agreement, scheme: Scheme | None, rules: RuleBook) -> list[Finding]:
    """The doubts of an accord that may be registered. Raises InvalidAgreement with every error otherwise."""
    findings = validate(agreement, scheme, rules)
    if blocking := errors(findings):
        raise InvalidAgreement(blocking)
    return findings


def check_signable(agreement: Agreement) -> None:
    """An accord is signed on a date, by both sides, every employer having its signatory. Raises NotSignable."""
    missing: RelaisError | None = None
    if agreement.signature.signed_on is None:
        missing = NotSignable(pointer="/signature/signed_on", detail_fr="La date de signature manque.")
    elif not agreement.signed_by(Side.UNION):
        missing = NotSignable(pointer="/signatories", detail_fr="Aucune organisation syndicale ne signe.")
    elif len(agreement.signed_by(Side.EMPLOYER)) < len({employer.siret for employer in agreement.employers}):
        missing = NotSignable(pointer="/signatories", detail_fr="Un employeur n'a pas de signataire.")
    if missing is not None:
        raise missing
