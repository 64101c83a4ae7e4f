"""Which reading of an accord a simulation takes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from services.claims.domain.agent_file import DatedTerms
from services.claims.domain.errors import UnknownAgreement
from services.claims.domain.terms import BenefitTerms


def simulated_terms(readings: Sequence[DatedTerms], day: date) -> BenefitTerms:
    """How the accord reads on the day; before the first, as it reads first, for cover is assumed on every day.

    Raises UnknownAgreement when there is none at all.
    """
    if not readings:
        raise UnknownAgreement(pointer="/agreement")
    in_order = sorted(readings, key=lambda reading: reading.start)
    return next((one.terms for one in reversed(in_order) if one.start <= day), in_order[0].terms)
