"""A run, without its storage: from what is known of an employer's agents to the lines that must still be issued."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np  # lint(imports) because sets of columns are values

from kit.columns import Column, each_once, month_at, place_of, within
from kit.period import Month
from rules.book import Rules
from services.contributions.domain.columns import column
from services.contributions.domain.delta import Amounts, desired
from services.contributions.domain.facts import Facts
from services.contributions.domain.lines import MONTHS, Builder, Heading, Lines, deltas
from services.contributions.domain.owed import owed
from services.contributions.domain.sheet import Sheet
from services.contributions.domain.terms import Terms


@dataclass(frozen=True, slots=True)
class HeldMonth:
    """A month of an agent about which nothing can be said yet, and why."""

    agent: str
    month: Month
    reason: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """The lines to issue, and what was left as it is."""

    deltas: Lines
    held: tuple[HeldMonth, ...]


@dataclass(frozen=True, slots=True)
class StatementDraft:
    """The lines of one statement: one accord, one insurer, one run. Its number is given when it is issued."""

    agreement: str
    insurer: str
    deltas: Lines

    @property
    def total(self) -> Amounts:
        return self.deltas.total

    @property
    def by_guarantee(self) -> dict[str, Amounts]:
        """Totals per guarantee, in the order of the enumeration."""
        return self.deltas.by_guarantee


def assess(facts: Facts, last: Month, terms: Mapping[str, Terms], issued: Lines, rules: Rules) -> Assessment:
    """Compare every month up to `last` with what was issued for it (design: desired against issued, deltas out).

    `issued` has the agents of `facts`. Months held change nothing.
    """
    sheet = Sheet(facts, last, terms, rules)
    wanted = Builder(facts.agents)
    for priced in sheet.priced():
        dated, figures = priced.guarantee.rate_in(priced.month), priced.figures
        assert dated is not None, "what is priced has a rate"
        insurer, flag = priced.accord.insurer_in(priced.month) or "", priced.guarantee.unresolved
        said = Heading(priced.accord.agreement, insurer, priced.guarantee.code, dated.rate, flag)
        owing = np.flatnonzero(figures.amount)
        cents = figures.base[owing], figures.amount[owing], figures.employer[owing]
        wanted.add(said, priced.agent[owing], np.full(len(owing), place_of(priced.month)), cents)
    issued = issued.where(issued.month <= place_of(last))
    # A month issued without pay is told of as one that cannot be assessed.
    unpaid = issued.pairs[~within(issued.pairs, facts.pay["agent"] * MONTHS + facts.pay["month"])]
    held = _one_by_one(facts, each_once(np.append(sheet.left, unpaid)), terms, rules, wanted)
    unsaid = within(issued.pairs, column(sorted(held)))
    names = ((facts.agents[pair // MONTHS].decode(), month_at(pair % MONTHS), reason) for pair, reason in held.items())
    return Assessment(deltas(wanted.lines(), issued.where(~unsaid)), tuple(HeldMonth(*one) for one in names))


def drafts(found: Lines) -> list[StatementDraft]:
    """One statement per accord and insurer, in that order."""
    return [StatementDraft(*contract, lines) for contract, lines in found.by_contract()]


def _one_by_one(
    facts: Facts, pairs: Column, terms: Mapping[str, Terms], rules: Rules, wanted: Builder
) -> dict[int, str]:
    """Add what these agents and months owe to `wanted`; those that are held, with the reason."""
    held: dict[int, str] = {}
    months: dict[int, list[int]] = defaultdict(list)
    for pair in pairs.tolist():
        months[pair // MONTHS].append(pair)
    for agent, found in months.items():
        file = facts.file(agent)
        for pair in found:
            month = month_at(pair % MONTHS)
            result = owed(file, month, terms, rules)
            if result.held is not None:
                held[pair] = result.held
            for key, position in desired(file.agent, month, result.dues).items():
                wanted.add_one(agent, key, position)
    return held
