"""How long an accord may bind: its own dates, and the conventions that insure it (rulebook S20)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from services.agreements.domain.agreement import InsurerParty
from services.agreements.domain.scheme import Scheme


def insured_until(insurers: Sequence[InsurerParty], scheme: Scheme | None) -> date | None:
    """The last day on which a convention of an accord's insurers runs; None where that is open or not known.

    After it the accord has lost its object and lapses (art. 8), although it was made for an indefinite time.
    """
    if scheme is None or not insurers:
        return None
    last = max(_last(insurer, scheme) for insurer in insurers)
    return None if last == date.max else last


def _last(insurer: InsurerParty, scheme: Scheme) -> date:
    """The last day of an insurer; one without a known convention is bound by its own dates alone."""
    ends = [convention.period.last for convention in scheme.of_insurer(insurer.code, insurer.convention)]
    return min(insurer.period.last, max(ends, default=date.max))
