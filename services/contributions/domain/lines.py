"""The lines of a run in columns: what many of them share is said once, and a line becomes an object when it is read."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np  # lint(imports) because sums and orders of columns are values
import numpy.typing as npt  # lint(imports) because it names their type

from kit.columns import Column, distinct, firsts, month_at, place_of, places_among
from kit.money import Money
from kit.period import Month
from kit.rate import Rate
from rules.vocabulary import Guarantee
from services.contributions.domain.columns import Mask, column
from services.contributions.domain.delta import Amounts, Delta, LineKey, Position

# Identifiers of agents, in ASCII and in order.
Agents = npt.NDArray[np.bytes_]
_PLACE: Final = {guarantee: place for place, guarantee in enumerate(Guarantee)}
_CENTS: Final = ("base", "amount", "employer")
COLUMNS: Final = ("agent", "month", "heading", *_CENTS)
# More months than a calendar holds.
MONTHS: Final = 2**18  # lint(law) because it is no figure of law


@dataclass(frozen=True, slots=True)
class Heading:
    """What lines share: a contract (`insurer` '' when the accord names none), a guarantee, its rate, its flag."""

    agreement: str
    insurer: str
    guarantee: Guarantee
    rate: Rate
    unresolved: bool

    @property
    def order(self) -> tuple[str, str, int, Rate, bool]:
        return self.agreement, self.insurer, _PLACE[self.guarantee], self.rate, self.unresolved


@dataclass(frozen=True, slots=True)
class Lines:
    """A row a line: the places of its agent, month and heading, and its cents. Reading it gives a Delta a row."""

    agents: Agents
    headings: tuple[Heading, ...]
    agent: Column
    month: Column
    heading: Column
    base: Column
    amount: Column
    employer: Column

    def __len__(self) -> int:
        return len(self.agent)

    def __iter__(self) -> Iterator[Delta]:
        names = self.agents[self.agent].astype(str).tolist()
        values = [getattr(self, name).tolist() for name in COLUMNS[1:]]
        for agent, month, place, base, amount, employer in zip(names, *values, strict=True):
            said = self.headings[place]
            key = LineKey(agent, month_at(month), said.agreement, said.insurer, said.guarantee)
            amounts = Amounts(Money(base), Money(amount), Money(employer), Money(amount - employer))
            yield Delta(key, amounts, said.rate, said.unresolved)

    def where(self, kept: Mask | Column) -> Lines:
        """Some of them, in the same order."""
        if kept.dtype == np.bool_ and kept.all():
            return self
        return replace(self, **{name: getattr(self, name)[kept] for name in COLUMNS})

    @property
    def pairs(self) -> Column:
        """The agent and the month of each, as one number."""
        return self.agent * MONTHS + self.month

    @property
    def total(self) -> Amounts:
        return self._sum(slice(None))

    @property
    def by_guarantee(self) -> dict[str, Amounts]:
        """Totals per guarantee, in the order of the enumeration."""
        places = column(_PLACE[said.guarantee] for said in self.headings)[self.heading]
        masks = {code.value: places == place for code, place in _PLACE.items()}
        return {code: self._sum(mask) for code, mask in masks.items() if mask.any()}

    def _sum(self, kept: Mask | slice) -> Amounts:
        base, amount, employer = (Money(int(v[kept].sum())) for v in (self.base, self.amount, self.employer))
        return Amounts(base, amount, employer, amount - employer)

    def who(self) -> list[int]:
        """The places of its agents, each once."""
        places: list[int] = distinct(self.agent).tolist()
        return places

    def of_month(self, month: Month) -> Lines:
        return self.where(self.month == place_of(month))

    def without(self, agents: Collection[str]) -> Lines:
        """The lines of the others."""
        if not agents:
            return self
        return self.where(~np.isin(self.agents, [agent.encode() for agent in agents])[self.agent])

    def months(self) -> list[Month]:
        """Each once, in order."""
        return [month_at(place) for place in distinct(self.month).tolist()]

    def by_contract(self) -> Iterator[tuple[tuple[str, str], Lines]]:
        """The lines of each accord and insurer, in that order."""
        contracts = sorted({(said.agreement, said.insurer) for said in self.headings})
        for contract in contracts:
            said = np.array([(one.agreement, one.insurer) == contract for one in self.headings])
            here = self if said.all() else self.where(said[self.heading])
            if len(here):
                yield contract, here

    def tidied(self, agents: Column) -> Lines:
        """These agents and no others, the headings in use and no others, in their order."""
        used = sorted(distinct(self.heading).tolist(), key=lambda place: self.headings[place].order)
        places = np.zeros(len(self.headings), dtype=np.int64)
        places[used] = np.arange(len(used))
        return replace(
            self,
            agents=self.agents[agents],
            headings=tuple(self.headings[place] for place in used),
            agent=places_among(agents, self.agent),
            heading=places[self.heading],
        )


@dataclass(slots=True)
class Builder:
    """Gathers lines heading by heading."""

    agents: Agents
    _headings: dict[Heading, int] = field(default_factory=dict)
    _parts: list[tuple[Column, ...]] = field(default_factory=list)

    def add(self, said: Heading, agent: Column, month: Column, cents: tuple[Column, Column, Column]) -> None:
        """Lines of one heading: base, amount and employer's share in cents."""
        place = self._headings.setdefault(said, len(self._headings))
        self._parts.append((agent, month, np.full(len(agent), place), *cents))

    def add_one(self, agent: int, key: LineKey, position: Position) -> None:
        said = Heading(key.agreement, key.insurer, key.guarantee, position.rate, position.unresolved)
        one = position.amounts
        base, amount, employer = (column([money.cents]) for money in (one.base, one.amount, one.employer))
        self.add(said, column([agent]), column([place_of(key.month)]), (base, amount, employer))

    def lines(self) -> Lines:
        nothing = (column(()),) * len(COLUMNS)
        joined = (np.concatenate(values) for values in zip(nothing, *self._parts, strict=True))
        return Lines(self.agents, tuple(self._headings), *joined)


def deltas(wanted: Lines, issued: Lines) -> Lines:
    """The lines that take `issued` to `wanted`, in the order of lines; none where they agree.

    Both have the same agents. What is no longer wanted is taken back at the rate it was last issued at.
    """
    found = summed(_less(wanted, issued) if len(issued) else wanted)
    return found.where((found.base != 0) | (found.amount != 0) | (found.employer != 0))


def summed(lines: Lines) -> Lines:
    """One line a key, in the order of lines: its sum, at the rate of the last of them."""
    contracts = sorted({(said.agreement, said.insurer) for said in lines.headings})
    contract = column(contracts.index((said.agreement, said.insurer)) for said in lines.headings)[lines.heading]
    guarantee = column(_PLACE[said.guarantee] for said in lines.headings)[lines.heading]
    key = ((contract * MONTHS + lines.month) * len(lines.agents) + lines.agent) * len(_PLACE) + guarantee
    order = np.argsort(key, kind="stable")
    starts = firsts(key[order])
    if not len(starts):
        return lines
    last = order[np.append(starts[1:], len(order)) - 1]
    said = {name: getattr(lines, name)[last] for name in COLUMNS if name not in _CENTS}
    sums: dict[str, Any] = {name: np.add.reduceat(getattr(lines, name)[order], starts) for name in _CENTS}
    return replace(lines, **said, **sums)


def _less(wanted: Lines, issued: Lines) -> Lines:
    """What was issued, taken back, then what is wanted; written in place, as all of it is many megabytes."""
    count = len(issued)
    both: dict[str, Any] = {name: np.empty(count + len(wanted), dtype=np.int64) for name in COLUMNS}
    for name, values in both.items():
        values[:count] = getattr(issued, name)
        values[count:] = getattr(wanted, name)
    for name in _CENTS:
        np.negative(both[name][:count], out=both[name][:count])
    both["heading"][count:] += len(issued.headings)
    return replace(wanted, headings=(*issued.headings, *wanted.headings), **both)
