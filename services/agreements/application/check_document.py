"""Check a document before anybody deposits it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rules.book import RuleBook
from services.agreements.adapters.document import AgreementDocument, AgreementDraft
from services.agreements.adapters.inheritance import whole
from services.agreements.adapters.scheme_document import SchemeDocument
from services.agreements.domain.finding import Finding
from services.agreements.domain.validation import validate


def checked(
    content: Mapping[str, Any], scheme: Mapping[str, Any] | None, rules: RuleBook
) -> tuple[AgreementDocument, list[Finding]]:
    """The accord, whole, with everything against it, errors first.

    Raises pydantic.ValidationError when it is no accord, InvalidAgreement when a group is missing or a lock broken.
    """
    above = None if scheme is None else SchemeDocument.model_validate(scheme)
    document = whole(AgreementDraft.model_validate(content), above)
    return document, validate(document.to_domain(), None if above is None else above.to_domain(), rules)
