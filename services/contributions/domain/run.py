"""A run, without its storage: from what is known of an employer's agents to the lines that must still be issued."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kit.period import Month
from rules.book import Rules
from services.contributions.domain.agent_file import AgentFile
from services.contributions.domain.delta import Amounts, Delta, LineKey, Position, deltas, desired
from services.contributions.domain.owed import owed
from services.contributions.domain.pay_line import PayLine
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

    deltas: tuple[Delta, ...]
    held: tuple[HeldMonth, ...]


@dataclass(frozen=True, slots=True)
class StatementDraft:
    """The lines of one statement: one accord, one insurer, one run. Its number is given when it is issued."""

    agreement: str
    insurer: str
    deltas: tuple[Delta, ...]

    @property
    def total(self) -> Amounts:
        return Amounts.sum(delta.amounts for delta in self.deltas)

    @property
    def by_guarantee(self) -> dict[str, Amounts]:
        """Totals per guarantee, in the order of the enumeration."""
        groups: dict[str, list[Amounts]] = defaultdict(list)
        for delta in sorted(self.deltas, key=lambda d: d.key.order[-1]):
            groups[delta.key.guarantee.value].append(delta.amounts)
        return {guarantee: Amounts.sum(amounts) for guarantee, amounts in groups.items()}


def assess(
    files: Iterable[AgentFile],
    last: Month,
    terms: Mapping[str, Terms],
    issued: Mapping[LineKey, Position],
    rules: Rules,
) -> Assessment:
    """Compare every month up to `last` with what was issued for it (design: desired against issued, deltas out).

    Months held change nothing.
    """
    sheet = Sheet(terms, rules)
    wanted: dict[LineKey, Position] = {}
    held: list[HeldMonth] = []
    months_of = _months(issued)
    assessed = set()
    for file in files:
        assessed.add(file.agent)
        pay = _by_month(file.pay)
        for month in sorted(m for m in pay.keys() | months_of[file.agent] if m <= last):
            if sheet.take(file, month, pay.get(month, ())):
                continue
            result = owed(file, month, terms, rules)
            if result.held is None:
                wanted |= desired(file.agent, month, result.dues)
            else:
                held.append(HeldMonth(file.agent, month, result.held))
    wanted |= sheet.positions()
    unsaid = {(one.agent, one.month) for one in held}
    settled = {
        key: position
        for key, position in issued.items()
        if key.agent in assessed and key.month <= last and (key.agent, key.month) not in unsaid
    }
    return Assessment(tuple(deltas(wanted, settled)), tuple(held))


def drafts(found: Sequence[Delta]) -> list[StatementDraft]:
    """One statement per accord and insurer, in that order."""
    groups: dict[tuple[str, str], list[Delta]] = defaultdict(list)
    for delta in found:
        groups[delta.key.agreement, delta.key.insurer].append(delta)
    return [StatementDraft(*group, tuple(groups[group])) for group in sorted(groups)]


def _by_month(pay: Iterable[PayLine]) -> dict[Month, list[PayLine]]:
    found: dict[Month, list[PayLine]] = defaultdict(list)
    for line in pay:
        found[line.month].append(line)
    return found


def _months(issued: Iterable[LineKey]) -> dict[str, set[Month]]:
    found: dict[str, set[Month]] = defaultdict(set)
    for key in issued:
        found[key.agent].add(key.month)
    return found
