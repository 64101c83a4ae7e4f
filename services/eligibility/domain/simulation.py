"""What would be decided on a file that is only supposed: the same decision, with its options, on nothing stored."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from kit.trace import Trace
from rules.book import Rules
from rules.vocabulary import AffiliationOutcome, Guarantee
from services.eligibility.domain.affiliation import Stretch, decide
from services.eligibility.domain.errors import BeforeFirstPeriod, PositionOverlap
from services.eligibility.domain.file import AgentFile
from services.eligibility.domain.options import OptionPeriod, options_held
from services.eligibility.domain.regime import regime_on
from services.eligibility.domain.terms import EligibilityTerms


@dataclass(frozen=True, slots=True)
class Simulation:
    """The outcome of a day, the timeline it lies in, the options that run, and how all that follows."""

    outcome: AffiliationOutcome
    stretches: tuple[Stretch, ...]
    options: tuple[OptionPeriod, ...]
    trace: Trace


def simulate(
    file: AgentFile, chosen: Iterable[Guarantee], terms: EligibilityTerms, as_of: date, rules: Rules
) -> Simulation:
    """The decision on a supposed file, seen on a day. Asserts at least one employment.

    Raises PositionOverlap, and BeforeFirstPeriod when the day lies before the timeline begins.
    """
    ordered = sorted(file.positions, key=lambda position: position.period.start)
    if any(later.period.meets(earlier.period) for earlier, later in pairwise(ordered)):
        raise PositionOverlap(pointer="/positions")
    timeline = decide(file, terms)
    if as_of < timeline.first_day:
        raise BeforeFirstPeriod(pointer="/as_of")
    held, steps = options_held(chosen, timeline, regime_on(file.employments, as_of, rules), terms, as_of)
    trace = replace(timeline.trace, steps=(*timeline.trace.steps, *steps))
    return Simulation(timeline.on(as_of), timeline.stretches, held, trace)
