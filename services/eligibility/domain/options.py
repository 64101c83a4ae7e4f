"""Options run while there is cover, for those to whom they are open, and only when chosen (accord art. 2.1, annexe)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kit.period import Period, merged
from kit.trace import Trace
from rules.vocabulary import Guarantee, Regime
from services.eligibility.domain.affiliation import Timeline
from services.eligibility.domain.terms import EligibilityTerms


@dataclass(frozen=True, slots=True)
class OptionPeriod:
    """An option an agent has, and when."""

    guarantee: Guarantee
    period: Period


def days_open(
    chosen: Period,
    guarantee: Guarantee,
    covered: Period | None,
    regimes: Iterable[tuple[Period, Regime]],
    terms: EligibilityTerms,
) -> list[Period]:
    """The days on which a choice gives cover: between the first covered day and the last, on those when a job of the
    agent stands under a regime that the accord, as it reads that day, opens the option to (S4: option 1 is kept while
    the agent is of the CNRACL).
    """
    if covered is None:
        return []
    return merged(
        days
        for held, regime in regimes
        for said_on, said in terms.rules
        if regime in said.open_to.get(guarantee, frozenset())
        and (days := _shared(chosen, covered, held, said_on)) is not None
    )


def _shared(first: Period, *others: Period) -> Period | None:
    """The days that all of them have."""
    shared: Period | None = first
    for other in others:
        shared = None if shared is None else shared.intersection(other)
    return shared


def options_held(
    chosen: Iterable[Guarantee], timeline: Timeline, regime: Regime | None, terms: EligibilityTerms, as_of: date
) -> tuple[tuple[OptionPeriod, ...], tuple[Trace, ...]]:
    """The options that run, in the order of the enumeration, with a step for each choice; `regime` is that of `as_of`.

    They run from the first covered day to the last, through suspensions; one that the agent's regime does not open is
    left out, and its step says so (S4). An agent without a regime, having no job that day, has what is open to all.
    """
    covered = timeline.covered()
    regimes = frozenset(Regime) if regime is None else {regime}
    wanted = set(chosen)
    held: list[OptionPeriod] = []
    steps: list[Trace] = []
    for guarantee in (g for g in Guarantee if g in wanted):
        is_open = regimes <= terms.on(as_of).open_to.get(guarantee, frozenset())
        if is_open and covered is not None:
            held.append(OptionPeriod(guarantee, covered))
        result = "held" if is_open and covered else "not_covered" if is_open else "not_open"
        steps.append(
            Trace("eligibility.option", "accord art. 2.1, annexe", {"guarantee": guarantee, "regime": regime}, result)
        )
    return tuple(held), tuple(steps)
