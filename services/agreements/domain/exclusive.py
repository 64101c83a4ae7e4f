"""One accord at a time: two that bind an employer on the same days would both cover its agents, and both charge them.

Cover is compulsory under each (accord art. 3), and each has a base: their guarantees are the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from kit.period import Period
from services.agreements.domain.agreement import Agreement
from services.agreements.domain.finding import Finding, Severity, error

# Said where the other accord cannot be named: it was let go again since, or it is of no concern to whoever asks.
BOUND_MEANWHILE: Final = error(
    "employer_bound_twice",
    "/employers",
    "accord art. 3",
    "Un autre accord lie déjà l'un de ces employeurs sur les mêmes jours : ses agents cotiseraient deux fois.",
)


@dataclass(frozen=True, slots=True)
class Bound:
    """Another accord, once published, and the days on which it binds an employer."""

    agreement: str
    employer: str
    period: Period


def bound_twice(agreement: Agreement, others: Iterable[Bound], severity: Severity) -> list[Finding]:
    """The employers that other accords bind on days of this one: a doubt for a draft, an error for what would bind."""
    places = {party.siret: (f"/employers/{index}", party.period) for index, party in enumerate(agreement.employers)}
    found: list[Finding] = []
    for other in others:
        place, period = places[other.employer]
        shared = period.intersection(other.period)
        if shared is not None:
            until = "sans terme" if shared.end is None else f"au {shared.end:%d/%m/%Y}"
            days = f"du {shared.start:%d/%m/%Y} {until}"
            said = f"L'accord {other.agreement} lie déjà cet employeur {days} : ses agents cotiseraient deux fois."
            found.append(Finding(severity, "employer_bound_twice", place, "accord art. 3", said))
    return found
