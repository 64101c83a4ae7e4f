"""Beyond what change a run stops and asks: per agent, per employer, against the month before. Never issued wrongly."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np  # lint(imports) because sums of columns are values

from kit.columns import firsts
from kit.money import Money
from kit.period import Month
from kit.rate import Rate
from rules.book import Rules
from services.contributions.domain.lines import MONTHS, Lines


class Bound(StrEnum):
    """What was exceeded: by an agent in one month, by an agent in all, by what is regularised, by the month itself."""

    AGENT_MONTH = "AGENT_MONTH"
    AGENT_RUN = "AGENT_RUN"
    REGULARISATION = "REGULARISATION"
    MONTH = "MONTH"


@dataclass(frozen=True, slots=True)
class Bounds:
    """The limits, as amounts and as fractions of what was issued for the month before."""

    agent_month: Money
    agent_run: Money
    employer_share: Rate
    month_share: Rate
    employer_floor: Money

    @classmethod
    def at(cls, month: Month, rules: Rules) -> Bounds:
        day = month.first
        return cls(
            agent_month=rules.at("contributions.bound.agent_month", day).money,
            agent_run=rules.at("contributions.bound.agent_run", day).money,
            employer_share=rules.at("contributions.bound.employer_share", day).rate,
            month_share=rules.at("contributions.bound.month_share", day).rate,
            employer_floor=rules.at("contributions.bound.employer_floor", day).money,
        )


@dataclass(frozen=True, slots=True, order=True)
class Breach:
    """A change beyond its limit; `agent` '' when it is the employer's. The same change again is the same breach."""

    bound: Bound
    agent: str
    change: Money
    limit: Money


def of_agents(lines: Lines, bounds: Bounds) -> Iterator[Breach]:
    """What a run that would issue `lines` must not issue unseen of an agent."""
    order = np.argsort(lines.pairs, kind="stable")
    pairs = lines.pairs[order]
    starts = firsts(pairs)
    if not len(starts):
        return
    change, agent = np.add.reduceat(lines.amount[order], starts), pairs[starts] // MONTHS
    begins = firsts(agent)
    # What goes up and what comes down do not hide each other.
    widest, moved = np.maximum.reduceat(np.abs(change), begins), np.add.reduceat(np.abs(change), begins)
    beyond = (widest > bounds.agent_month.cents) | (moved > bounds.agent_run.cents)
    for place in np.flatnonzero(beyond).tolist():
        name = lines.agents[agent[begins[place]]].decode()
        if widest[place] > bounds.agent_month.cents:
            mine = change[begins[place] :]
            found = Money(int(mine[np.argmax(np.abs(mine) == widest[place])]))
            yield Breach(Bound.AGENT_MONTH, name, found, bounds.agent_month)
        if moved[place] > bounds.agent_run.cents:
            yield Breach(Bound.AGENT_RUN, name, Money(int(moved[place])), bounds.agent_run)


def of_employer(lines: Lines, month: Month, issued: Lines, bounds: Bounds) -> Iterator[Breach]:
    """What it must not issue unseen of all its agents together, compared with the month before.

    Where nothing was issued for the month before, there is nothing to compare with: the first run of an employer.
    """
    before = issued.of_month(month.previous())
    if not len(before):
        return
    last, now = before.total.amount, lines.of_month(month).total.amount
    regularised = lines.total.amount - now
    limit = max(bounds.employer_floor, Money(_size(last)) * bounds.employer_share)
    if _size(regularised) > limit.cents:
        yield Breach(Bound.REGULARISATION, "", regularised, limit)
    moved = issued.of_month(month).total.amount + now - last
    limit = max(bounds.employer_floor, Money(_size(last)) * bounds.month_share)
    if _size(moved) > limit.cents:
        yield Breach(Bound.MONTH, "", moved, limit)


def _size(amount: Money) -> int:
    return abs(amount.cents)
