"""Which reading of an accord a simulation takes, or which terms of a draft."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from services.claims.domain.agent_file import DatedTerms
from services.claims.domain.errors import UnknownAgreement, UnreadableTerms
from services.claims.domain.terms import BenefitTerms
from services.claims.domain.terms_document import Document, read_terms

# No version was published.
DRAFT: Final = 0


def draft_terms(agreement: str, document: Document) -> BenefitTerms:
    """The benefits of a draft, from `guarantees` and `contribution_base`. Raises UnreadableTerms."""
    try:
        return read_terms({**document, "agreement": agreement, "version": DRAFT})
    except (KeyError, ValueError, TypeError, AttributeError, ArithmeticError) as unreadable:
        raise UnreadableTerms(pointer="/terms") from unreadable


def simulated_terms(readings: Sequence[DatedTerms], day: date) -> BenefitTerms:
    """How the accord reads on the day; before the first, as it reads first, for cover is assumed on every day.

    Raises UnknownAgreement when there is none at all.
    """
    if not readings:
        raise UnknownAgreement(pointer="/agreement")
    in_order = sorted(readings, key=lambda reading: reading.start)
    return next((one.terms for one in reversed(in_order) if one.start <= day), in_order[0].terms)
