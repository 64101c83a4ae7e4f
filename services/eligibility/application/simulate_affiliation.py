"""Decide a file that is only supposed, under the accord as it is known here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.period import Period
from rules.book import Rules
from rules.vocabulary import Guarantee
from services.eligibility.adapters import terms
from services.eligibility.domain.errors import UnknownAgreement
from services.eligibility.domain.file import AgentFile
from services.eligibility.domain.simulation import Simulation, simulate
from services.eligibility.domain.terms_document import read_terms, terms_for


@dataclass(frozen=True, slots=True)
class Supposition:
    """A file under an accord, with the options chosen, seen on a day."""

    agreement: str
    file: AgentFile
    chosen: tuple[Guarantee, ...]
    as_of: date


async def simulated(tx: AsyncConnection, what: Supposition, rules: Rules) -> Simulation:
    """What would be decided. Raises UnknownAgreement, PositionOverlap, BeforeFirstPeriod."""
    content = await terms.content_of(tx, what.agreement)
    if content is None:
        raise UnknownAgreement(pointer="/agreement")
    said = read_terms(terms_for(content, None), Period(date.min))
    assert said is not None, "an accord is in force some day"
    return simulate(what.file, what.chosen, said, what.as_of, rules)
