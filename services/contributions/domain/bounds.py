"""Beyond what change a run stops and asks: per agent, per employer, against the month before. Never issued wrongly."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from kit.money import Money
from kit.period import Month
from kit.rate import Rate
from rules.book import Rules
from services.contributions.domain.delta import Delta, LineKey, Position


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


def of_agents(deltas: Iterable[Delta], bounds: Bounds) -> Iterator[Breach]:
    """What a run that would issue `deltas` must not issue unseen of an agent."""
    by_month: dict[str, dict[Month, list[Money]]] = defaultdict(lambda: defaultdict(list))
    for delta in deltas:
        by_month[delta.key.agent][delta.key.month].append(delta.amounts.amount)
    for agent, months in by_month.items():
        changes = [Money.sum(amounts) for amounts in months.values()]
        widest = max(changes, key=_size)
        if _size(widest) > bounds.agent_month.cents:
            yield Breach(Bound.AGENT_MONTH, agent, widest, bounds.agent_month)
        # What goes up and what comes down do not hide each other.
        moved = Money(sum(map(_size, changes)))
        if moved > bounds.agent_run:
            yield Breach(Bound.AGENT_RUN, agent, moved, bounds.agent_run)


def of_employer(
    deltas: Iterable[Delta], month: Month, issued: Mapping[LineKey, Position], bounds: Bounds
) -> Iterator[Breach]:
    """What it must not issue unseen of all its agents together, compared with the month before.

    Where nothing was issued for the month before, there is nothing to compare with: the first run of an employer.
    """
    last = _issued_in(issued, month.previous())
    if not last:
        return
    now, before = list[Money](), list[Money]()
    for delta in deltas:
        (now if delta.key.month == month else before).append(delta.amounts.amount)
    regularised = Money.sum(before)
    limit = max(bounds.employer_floor, Money(_size(last)) * bounds.employer_share)
    if _size(regularised) > limit.cents:
        yield Breach(Bound.REGULARISATION, "", regularised, limit)
    moved = _issued_in(issued, month) + Money.sum(now) - last
    limit = max(bounds.employer_floor, Money(_size(last)) * bounds.month_share)
    if _size(moved) > limit.cents:
        yield Breach(Bound.MONTH, "", moved, limit)


def _issued_in(issued: Mapping[LineKey, Position], month: Month) -> Money:
    return Money.sum(position.amounts.amount for key, position in issued.items() if key.month == month)


def _size(amount: Money) -> int:
    return abs(amount.cents)
