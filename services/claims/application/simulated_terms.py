"""Which version of an accord a simulation reads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from services.claims.domain.agent_file import DatedTerms
from services.claims.domain.errors import UnknownAgreement
from services.claims.domain.terms import BenefitTerms


def simulated_terms(versions: Sequence[DatedTerms], day: date) -> BenefitTerms:
    """The latest version in effect on the day; before the first, that one, for cover is assumed on every day.

    Raises UnknownAgreement when there is none at all.
    """
    if not versions:
        raise UnknownAgreement(pointer="/agreement")
    in_effect = [version for version in versions if version.start <= day] or [
        min(versions, key=lambda version: version.start)
    ]
    return max(in_effect, key=lambda version: version.terms.version).terms
