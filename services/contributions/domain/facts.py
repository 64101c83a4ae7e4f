"""What a run rests on, in columns: the agents of one employer, with a row for each pay, employment, span and option.

`AgentFile` is the same for one agent, as an object: each can be made from the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

import numpy as np  # lint(imports) because orders of columns are values

from kit.columns import Column, distinct, month_at, place_of, places_among, within
from kit.money import Money
from kit.period import Period
from kit.rate import Rate
from rules.pay import PayElements
from rules.vocabulary import AffiliationOutcome, Category, Guarantee, Regime
from services.contributions.domain.agent_file import Affiliation, AgentFile, Employment
from services.contributions.domain.base import Status
from services.contributions.domain.columns import (
    FOREVER,
    MILLION,
    UNSTATED,
    Table,
    column,
    millionths,
    rows,
)
from services.contributions.domain.cover import Span
from services.contributions.domain.lines import MONTHS, Agents
from services.contributions.domain.pay_line import PayLine

# What the numbers of each enumeration stand for; a category 0 is none, an outcome 0 a timeline without spans.
REGIMES: Final = tuple(Regime)
CATEGORIES: Final = (None, *Category)
OUTCOMES: Final = (None, *AffiliationOutcome)
GUARANTEES: Final = tuple(Guarantee)
ELEMENTS: Final = ("tib", "nbi", "ri", "sft", "ir", "other")
# The columns of each table, in the order in which its rows are sorted. `employment`, `id`, `number` and `agreement` are
# places among `words`; `month` and `paid_in` are those of `place_of`, the latter 0 when the pay is the month's own.
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "pay": ("agent", "month", "employment", "paid_in", "version", "share", "gross", "tpp", *ELEMENTS),
    "employments": ("agent", "start", "id", "end", "number", "regime", "category"),
    "spans": ("agent", "agreement", "start", "end", "outcome"),
    "options": ("agent", "guarantee", "start", "end"),
}
# The columns that are places among words.
WORDED: Final = (("pay", "employment"), ("employments", "id"), ("employments", "number"), ("spans", "agreement"))


@dataclass(frozen=True, slots=True)
class Facts:
    """`agents` are in the order of their employers, then in their own; `owner` is the place of each one's employer.

    `words` are in order, the first of them ''; the tables have the COLUMNS of their name.
    """

    employers: tuple[str, ...]
    owner: Column
    agents: Agents
    words: tuple[str, ...]
    pay: Table
    employments: Table
    spans: Table
    options: Table

    @property
    def tables(self) -> dict[str, Table]:
        return {name: getattr(self, name) for name in COLUMNS}

    @classmethod
    def of(cls, files: Iterable[AgentFile]) -> Facts:
        """The same facts, whatever the order in which files have them."""
        ordered = sorted(files, key=lambda file: (file.employer, file.agent))
        employers = sorted({file.employer for file in ordered})
        words = sorted({"", *(word for file in ordered for word in _words(file))})
        place = {word: n for n, word in enumerate(words)}
        found: dict[str, list[Sequence[int]]] = {name: [] for name in COLUMNS}
        for agent, file in enumerate(ordered):
            for name, row in _rows(agent, file, place):
                found[name].append(row)
        agents = np.array([file.agent.encode() for file in ordered], dtype=np.bytes_)
        owner = column(employers.index(file.employer) for file in ordered)
        tables = {name: _table(name, found[name]) for name in COLUMNS}
        return cls(tuple(employers), owner, agents, tuple(words), **in_order(tables))

    def file(self, place: int) -> AgentFile:
        """One agent as an object."""
        mine = {
            name: list(zip(*(values.tolist() for values in _of_agent(table, place, name)), strict=True))
            for name, table in self.tables.items()
        }
        timelines: dict[str, list[Span]] = {}
        for agreement, start, end, outcome in mine["spans"]:
            spans = timelines.setdefault(self.words[agreement], [])
            if said := OUTCOMES[outcome]:
                spans.append(Span(_period(start, end), said))
        elections: dict[Guarantee, list[Period]] = {}
        for guarantee, start, end in mine["options"]:
            elections.setdefault(GUARANTEES[guarantee], []).append(_period(start, end))
        return AgentFile(
            employer=self.employers[self.owner[place]],
            agent=self.agents[place].decode(),
            employments=[self._employment(row) for row in mine["employments"]],
            affiliations=[Affiliation(code, tuple(spans)) for code, spans in timelines.items()],
            elections=elections,
            pay=[self._pay(row) for row in mine["pay"]],
        )

    def _employment(self, row: Sequence[int]) -> Employment:
        start, key, end, number, regime, category = row
        status = Status(REGIMES[regime], CATEGORIES[category])
        return Employment(self.words[key], _period(start, end), status, self.words[number] or None)

    def _pay(self, row: Sequence[int]) -> PayLine:
        month, employment, paid_in, version, share, gross, tpp, *elements = row
        amounts = {name: Money(cents) for name, cents in zip(ELEMENTS, elements, strict=True)}
        return PayLine(
            month=month_at(month),
            version=version,
            pay=PayElements(**amounts, tpp=_stated(tpp)),
            employment=self.words[employment] or None,
            share_of_pay=None if share == UNSTATED else Rate(Decimal(share) / MILLION),
            gross=_stated(gross),
            paid_in=month_at(paid_in) if paid_in else None,
        )

    def about(self, pairs: Column) -> Facts:
        """The agents of these pairs of agent and month, in order: their pay of these months and all else known."""
        agents = distinct(pairs // MONTHS)
        meant = np.zeros(len(self.agents), dtype=bool)
        meant[agents] = True
        pay = rows(self.pay, within(self.pay["agent"] * MONTHS + self.pay["month"], pairs))
        tables = {"pay": pay} | {
            name: rows(table, meant[table["agent"]]) for name, table in self.tables.items() if name != "pay"
        }
        for held in tables.values():
            held["agent"] = places_among(agents, held["agent"])
        used = {int(n) for table, key in WORDED for n in distinct(tables[table][key])} | {0}
        kept = column(sorted(used))
        for table, key in WORDED:
            tables[table][key] = places_among(kept, tables[table][key])
        words = tuple(self.words[n] for n in kept.tolist())
        return Facts(self.employers, self.owner[agents], self.agents[agents], words, **tables)


def in_order(tables: Mapping[str, Table]) -> dict[str, Table]:
    """The tables of facts, whose rows came in any order."""
    ordered = {}
    for name, names in COLUMNS.items():
        order = np.lexsort([tables[name][key] for key in reversed(names)])
        ordered[name] = {key: tables[name][key][order] for key in names}
    return ordered


def _table(name: str, found: Sequence[Sequence[int]]) -> Table:
    values = np.array(found, dtype=np.int64).reshape(-1, len(COLUMNS[name]))
    return {key: values[:, place].copy() for place, key in enumerate(COLUMNS[name])}


def _of_agent(table: Table, place: int, name: str) -> list[Column]:
    """The columns of one agent's rows, but for the first, which names him."""
    first, after = np.searchsorted(table["agent"], [place, place + 1])
    return [table[key][first:after] for key in COLUMNS[name][1:]]


def _words(file: AgentFile) -> Iterable[str]:
    for employment in file.employments:
        yield from (employment.id, employment.number or "")
    yield from (line.employment or "" for line in file.pay)
    yield from (affiliation.agreement for affiliation in file.affiliations)


def _rows(agent: int, file: AgentFile, word: Mapping[str, int]) -> Iterable[tuple[str, Sequence[int]]]:
    for line in file.pay:
        yield "pay", pay_row(agent, line, word)
    for one in file.employments:
        yield "employments", employment_row(agent, one, word)
    for affiliation in file.affiliations:
        agreement = word[affiliation.agreement]
        for span in affiliation.timeline:
            yield "spans", (agent, agreement, *_days(span.period), OUTCOMES.index(span.outcome))
        if not affiliation.timeline:
            yield "spans", (agent, agreement, FOREVER, FOREVER, 0)
    for guarantee, periods in file.elections.items():
        for period in periods:
            yield "options", (agent, GUARANTEES.index(guarantee), *_days(period))


def pay_row(agent: int, line: PayLine, word: Mapping[str, int]) -> tuple[int, ...]:
    """A row of pay."""
    paid_in = place_of(line.paid_in) if line.paid_in else 0
    share = UNSTATED if line.share_of_pay is None else millionths(line.share_of_pay)
    said = (place_of(line.month), word[line.employment or ""], paid_in, line.version, share)
    stated = (UNSTATED if amount is None else amount.cents for amount in (line.gross, line.pay.tpp))
    return (agent, *said, *stated, *(getattr(line.pay, name).cents for name in ELEMENTS))


def employment_row(agent: int, one: Employment, word: Mapping[str, int]) -> tuple[int, ...]:
    """A row of employments."""
    start, end = _days(one.period)
    status = (REGIMES.index(one.status.regime), CATEGORIES.index(one.status.category))
    return (agent, start, word[one.id], end, word[one.number or ""], *status)


def _stated(cents: int) -> Money | None:
    return None if cents == UNSTATED else Money(cents)


def _days(period: Period) -> tuple[int, int]:
    return period.start.toordinal(), period.last.toordinal()


def _period(start: int, end: int) -> Period:
    return Period(date.fromordinal(start), None if end == FOREVER else date.fromordinal(end))
