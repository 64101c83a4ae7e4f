"""What a month would cost with other rates, other shares, or an option for everybody: many agents, many scenarios.

The agents are gathered once, in the columns a run computes in; each scenario is then arithmetic on them. Those whom no
column holds are computed one by one, by the rule of runs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np  # lint(imports) because sums of columns are values

from kit.columns import firsts
from kit.money import Money
from kit.period import Month, Period
from kit.rate import Rate
from rules.book import Rules
from rules.vocabulary import Guarantee
from services.contributions.domain.agent_file import AgentFile
from services.contributions.domain.delta import Amounts
from services.contributions.domain.facts import Facts
from services.contributions.domain.lines import MONTHS
from services.contributions.domain.owed import Owed, owed
from services.contributions.domain.sheet import Priced, Sheet
from services.contributions.domain.terms import DatedRate, GuaranteeTerms, Terms

# What a rate that nobody has agreed to is said to come from.
SUPPOSED = "hypothèse"


@dataclass(frozen=True, slots=True)
class Change:
    """What a scenario supposes of a guarantee; None: as it is. `mandatory`: for everybody it is open to."""

    rate: Rate | None = None
    employer_share: Rate | None = None
    mandatory: bool = False


@dataclass(frozen=True, slots=True)
class Scenario:
    """A name, and what is supposed; the empty one is the accord as it is."""

    name: str
    changes: Mapping[Guarantee, Change] = field(default_factory=dict)

    def applied(self, guarantee: GuaranteeTerms, month: Month) -> GuaranteeTerms:
        """The guarantee as the scenario has it in a month. One that has no rate then has none still."""
        change, dated = self.changes.get(guarantee.code), guarantee.rate_in(month)
        if change is None or dated is None:
            return guarantee
        rate, share = change.rate or dated.rate, change.employer_share
        supposed = DatedRate(Period(date.min), None, rate, dated.employer_share if share is None else share, SUPPOSED)
        return replace(guarantee, mandatory=guarantee.mandatory or change.mandatory, rates=(supposed,))

    def terms(self, terms: Mapping[str, Terms], employer: str, month: Month) -> dict[str, Terms]:
        """Every accord as it reads for an employer, with what is supposed."""
        read = {code: one.of_employer(employer, month) for code, one in terms.items()}
        return {
            code: replace(one, guarantees=tuple(self.applied(g, month) for g in one.guarantees), former=())
            for code, one in read.items()
        }


@dataclass(frozen=True, slots=True)
class Cost:
    """What a guarantee comes to, and for how many agents."""

    agents: int
    amounts: Amounts

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.agents + other.agents, self.amounts + other.amounts)


_NOTHING = Cost(0, Amounts.zero())
Costs = defaultdict[Guarantee, Cost]


@dataclass(slots=True)
class Outcome:
    """A scenario: its costs by guarantee, and by employer."""

    guarantees: Costs = field(default_factory=lambda: defaultdict(lambda: _NOTHING))
    employers: defaultdict[str, Amounts] = field(default_factory=lambda: defaultdict(Amounts.zero))

    @property
    def total(self) -> Amounts:
        return Amounts.sum(cost.amounts for cost in self.guarantees.values())


@dataclass(frozen=True, slots=True)
class WhatIf:
    """An outcome per scenario, in their order. `agents` were seen, `unpriced` of them too little is known of."""

    agents: int
    unpriced: int
    outcomes: tuple[Outcome, ...]


class Study:
    """Takes agents, as many at a time as one likes; `outcome` then computes every scenario."""

    def __init__(self, month: Month, terms: Mapping[str, Terms], rules: Rules) -> None:
        self.month, self._terms, self._rules = month, terms, rules
        self._sheets: list[tuple[Facts, Sheet]] = []
        self._odd: list[AgentFile] = []
        self._agents = 0

    def take(self, files: Sequence[AgentFile]) -> None:
        """Agents as the month would find them (AgentFile.as_paid_in)."""
        facts = Facts.of(files)
        sheet = Sheet(facts, self.month, self._terms, self._rules)
        unpaid = np.setdiff1d(np.arange(len(files)), facts.pay["agent"])
        self._sheets.append((facts, sheet))
        self._odd += [facts.file(place) for place in [*(sheet.left // MONTHS).tolist(), *unpaid.tolist()]]
        self._agents += len(files)

    def outcome(self, scenarios: Sequence[Scenario]) -> WhatIf:
        """What each would cost. Whoever cannot be assessed under one of them is left out of all."""
        outcomes = tuple(Outcome() for _ in scenarios)
        for scenario, outcome in zip(scenarios, outcomes, strict=True):
            for facts, sheet in self._sheets:
                for priced in sheet.priced(scenario.applied):
                    _add(outcome, priced, facts)
        unpriced = 0
        for file in self._odd:
            found = [self._one(file, scenario) for scenario in scenarios]
            if any(one.held is not None for one in found):
                unpriced += 1
                continue
            for one, outcome in zip(found, outcomes, strict=True):
                _add_one(outcome, file.employer, one)
        return WhatIf(self._agents, unpriced, outcomes)

    def _one(self, file: AgentFile, scenario: Scenario) -> Owed:
        return owed(file, self.month, scenario.terms(self._terms, file.employer, self.month), self._rules)


def _add(outcome: Outcome, priced: Priced, facts: Facts) -> None:
    """The sums of columns: whole, and by employer."""
    figures = priced.figures
    charged = figures.amount != 0
    columns = [np.where(charged, figures.base, 0), figures.amount, figures.employer, figures.agent]
    amounts = Amounts(*(Money(int(one.sum())) for one in columns))
    outcome.guarantees[priced.guarantee.code] += Cost(int(np.count_nonzero(charged)), amounts)
    owners = facts.owner[priced.agent]
    starts = firsts(owners)
    sums = [np.add.reduceat(one, starts).tolist() for one in columns]
    for owner, *cents in zip(owners[starts].tolist(), *sums, strict=True):
        outcome.employers[facts.employers[owner]] += Amounts(*(Money(one) for one in cents))


def _add_one(outcome: Outcome, employer: str, found: Owed) -> None:
    for due in found.dues:
        line = due.line
        amounts = Amounts(line.base, line.amount, line.employer, line.agent)
        outcome.guarantees[line.guarantee] += Cost(1, amounts)
        outcome.employers[employer] += amounts
