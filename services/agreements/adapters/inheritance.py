"""An accord made whole: what it leaves out, taken from its scheme."""

from __future__ import annotations

from services.agreements.adapters.document import AgreementDocument, AgreementDraft
from services.agreements.adapters.scheme_document import SchemeDocument
from services.agreements.adapters.terms_document import TermsDocument, stated
from services.agreements.domain.errors import InvalidAgreement
from services.agreements.domain.finding import Finding, error
from services.agreements.domain.term_tree import locked, terms_of

_SOURCE = "accord régional"


def whole(draft: AgreementDraft, scheme: SchemeDocument | None) -> AgreementDocument:
    """The accord with every group of terms. Raises InvalidAgreement when one is nowhere, or a lock is broken."""
    offered = TermsDocument() if scheme is None else scheme.terms
    content = draft.dump()
    own, given = stated(draft), stated(offered)
    codes = {guarantee["code"] for guarantee in own.get("guarantees", ())}
    inherited = [g for g in given.get("guarantees", ()) if g["code"] not in codes]
    content["guarantees"] = [*own.get("guarantees", ()), *inherited]
    names = [f"guarantees/{g['code']}" for g in inherited]
    for group in ("contribution_base", "rate_revision", "eligibility"):
        if group not in own and group in given:
            content[group] = given[group]
            names.append(group)
    missing = [
        error("group_missing", f"/{group}", _SOURCE, "Ni l'accord ni son régime ne disent cette clause.")
        for group in ("contribution_base", "eligibility")
        if not content[group]
    ]
    if missing:
        raise InvalidAgreement(missing)
    document = AgreementDocument.model_validate({**content, "inherited": sorted(names)})
    if broken := _broken(document, scheme):
        raise InvalidAgreement(broken)
    return document


def _broken(document: AgreementDocument, scheme: SchemeDocument | None) -> list[Finding]:
    """Terms under a lock that a level below states otherwise."""
    found = []
    if scheme is not None:
        found += _changed(stated(scheme.terms), stated(document), scheme.locks, "", _SOURCE)
    locks = [*document.locks, *(scheme.locks if scheme else ())]
    for index, exception in enumerate(document.exceptions):
        above = stated(document)
        found += _changed(above, stated(exception), locks, f"/exceptions/{index}", exception.source)
    return found


def _changed(
    above: dict[str, object], below: dict[str, object], locks: list[str], place: str, source: str
) -> list[Finding]:
    """What `below` states otherwise, under a lock; what it leaves out it inherits."""
    high, low = terms_of(above), terms_of(below)
    said = {_group(path) for path in low}
    paths = low.keys() | {path for path in high if _group(path) in said}
    protected = [path for path in paths if locked(path, locks) and low.get(path) != high.get(path)]
    message = "Le niveau supérieur verrouille cette clause."
    return [error("term_locked", f"{place}/{path}", source, f"{message} ({path})") for path in sorted(protected)]


def _group(path: str) -> str:
    """The group of terms that is stated or inherited as one: a guarantee, or a whole section."""
    section, _, rest = path.partition("/")
    return f"{section}/{rest.partition('/')[0]}" if section == "guarantees" else section
