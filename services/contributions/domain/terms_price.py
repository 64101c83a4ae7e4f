"""What another version of an accord would change in contributions: the same agents, on the last pay known of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from kit.period import Month
from rules.book import Rules
from rules.vocabulary import Guarantee
from services.contributions.domain.agent_file import AgentFile
from services.contributions.domain.line import Line, Total, total
from services.contributions.domain.owed import owed
from services.contributions.domain.terms import Terms


@dataclass(frozen=True, slots=True)
class GuaranteePrice:
    """One guarantee over a month: `agents` counts those whose line changes."""

    guarantee: Guarantee
    agents: int
    before: Total
    after: Total


@dataclass(frozen=True, slots=True)
class TermsPrice:
    """What a month costs under either version. `agents` counts those for whom anything changes, `unpriced` those of
    whom too little is known: nobody's pay is guessed.
    """

    agents: int
    unpriced: int
    before: Total
    after: Total
    guarantees: tuple[GuaranteePrice, ...]


@dataclass(slots=True)
class _Tally:
    """Lines of one guarantee under either version, and how many agents they differ for."""

    before: list[Line] = field(default_factory=list)
    after: list[Line] = field(default_factory=list)
    agents: int = 0


def price(files: Iterable[AgentFile], before: Terms, after: Terms, month: Month, rules: Rules) -> TermsPrice:
    """Compare a month under two versions of one accord, as runs reckon it, in the order of guarantees."""
    tallies: defaultdict[Guarantee, _Tally] = defaultdict(_Tally)
    agents = unpriced = 0
    for file in files:
        own = [one for one in file.affiliations if one.agreement == before.agreement]
        seen = replace(file.as_paid_in(month), affiliations=own)
        old, new = (_lines(seen, terms, month, rules) for terms in (before, after))
        if old is None or new is None:
            unpriced += 1
            continue
        changed = False
        for code in old.keys() | new.keys():
            tally, was, will = tallies[code], old.get(code), new.get(code)
            tally.before += [] if was is None else [was]
            tally.after += [] if will is None else [will]
            if _figures(was) != _figures(will):
                tally.agents, changed = tally.agents + 1, True
        agents += changed
    return TermsPrice(
        agents,
        unpriced,
        total(line for tally in tallies.values() for line in tally.before),
        total(line for tally in tallies.values() for line in tally.after),
        tuple(
            GuaranteePrice(code, tallies[code].agents, total(tallies[code].before), total(tallies[code].after))
            for code in Guarantee
            if code in tallies
        ),
    )


def _lines(file: AgentFile, terms: Terms, month: Month, rules: Rules) -> dict[Guarantee, Line] | None:
    """The lines by guarantee, or None when the month is held."""
    found = owed(file, month, {terms.agreement: terms}, rules)
    return None if found.held is not None else {due.line.guarantee: due.line for due in found.dues}


def _figures(line: Line | None) -> tuple[object, ...] | None:
    return None if line is None else (line.base, line.amount, line.employer, line.agent)
