"""The months of many agents, gathered by accord, month and status, and computed together in columns.

What a column cannot hold (several statuses in a month, rappels, pay that the rules refuse) is left to `owed`, one by
one. Both give the same cents, which a property holds them to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from kit.money import Money
from kit.period import Month
from rules.book import Rules
from rules.pay import monthly_tpp_rule
from rules.vocabulary import FONCTIONNAIRES, AffiliationOutcome, Guarantee, PayElement
from services.contributions.domain.agent_file import AgentFile
from services.contributions.domain.base import Status
from services.contributions.domain.columns import (
    MILLION,
    UNSTATED,
    Column,
    Figures,
    column,
    contributions,
    millionths,
    withheld,
)
from services.contributions.domain.cover import NOT_PAID, Span, covered_days, paid_days
from services.contributions.domain.delta import Amounts, LineKey, Position
from services.contributions.domain.pay_line import PayLine, added_up
from services.contributions.domain.terms import BaseRule, GuaranteeTerms, Terms


@dataclass(slots=True)
class _Group:
    """Agents of one status, in one month under one accord, column by column."""

    accord: Terms
    rule: BaseRule
    guarantees: tuple[GuaranteeTerms, ...]
    agents: list[str] = field(default_factory=list)
    counted: list[int] = field(default_factory=list)
    ri: list[int] = field(default_factory=list)
    stated: list[int] = field(default_factory=list)
    share: list[int] = field(default_factory=list)
    paid: list[int] = field(default_factory=list)
    covered: list[int] = field(default_factory=list)
    elected: dict[str, list[int]] = field(default_factory=dict)
    # Where the agents of each employer begin.
    owners: list[tuple[str, int]] = field(default_factory=list)

    def days(self, guarantee: GuaranteeTerms) -> list[int]:
        """The days a guarantee covers of each month: all that are covered, or those on which it is elected."""
        return self.covered if guarantee.mandatory else self.elected[guarantee.code]


@dataclass(frozen=True, slots=True)
class Priced:
    """One guarantee for the agents of a group, in columns; `owners` says where those of each employer begin."""

    guarantee: Guarantee
    owners: Sequence[tuple[str, int]]
    figures: Figures


class Sheet:
    """Takes months one after the other; `positions` then computes them all, and `priced` as they would be otherwise."""

    def __init__(self, terms: Mapping[str, Terms], rules: Rules) -> None:
        self._terms, self._rules = terms, rules
        self._groups: dict[tuple[str, str, Month, Status], _Group | None] = {}

    def take(self, file: AgentFile, month: Month, pay: Sequence[PayLine]) -> bool:
        """Take a month of an agent, unless a column cannot hold it. A month without cover owes nothing."""
        if not pay or len(file.affiliations) != 1 or any(line.paid_in for line in pay):
            return False
        affiliation = file.affiliations[0]
        covered, paid = _cover(month, affiliation.timeline)
        if not covered:
            return True
        statuses = {file.status_in(month, line.employment) for line in pay}
        status = statuses.pop()
        if statuses or status is None:
            return False
        group = self._group(file.employer, affiliation.agreement, month, status)
        line = added_up(pay)
        if group is None or not _readable(line, status):
            return False
        _put(group, file, line, covered, paid)
        for guarantee in group.guarantees:
            if not guarantee.mandatory:
                days = _elected(file, guarantee, month, affiliation.timeline, covered)
                group.elected[guarantee.code].append(days)
        return True

    def positions(self) -> Iterator[tuple[LineKey, Position]]:
        """What each month taken owes, lines of 0.00 left out."""
        for (_, agreement, month, status), group in self._groups.items():
            if group is not None and group.agents:
                yield from self._computed(group, agreement, month, status)

    def priced(self, changed: Callable[[GuaranteeTerms], GuaranteeTerms]) -> Iterator[Priced]:
        """What each month taken would owe if guarantees read as `changed` makes them: other rates, other shares, an
        option for everybody. Their populations and the base stay.
        """
        for (_, _, month, status), group in self._groups.items():
            if group is None or not group.agents:
                continue
            base, paid = self._base(group, month, status), column(group.paid)
            for guarantee in group.guarantees:
                new = changed(guarantee)
                dated = new.rate_in(month)
                assert dated is not None, "a group has the rates of its month, and so has what they are changed to"
                days = group.covered if new.mandatory else group.days(guarantee)
                rate, share = millionths(dated.rate), millionths(dated.employer_share)
                yield Priced(guarantee.code, group.owners, contributions(base, column(days), paid, rate, share))

    def _group(self, employer: str, agreement: str, month: Month, status: Status) -> _Group | None:
        """None when the accord says nothing for this status, or no rate for this month."""
        terms = self._terms.get(agreement)
        # What an accord says of all alike is computed for all at once.
        own = employer if terms is not None and (terms.exceptions or terms.former) else ""
        key = own, agreement, month, status
        if key not in self._groups:
            self._groups[key] = _opened(terms, employer, month, status)
        return self._groups[key]

    def _computed(
        self, group: _Group, agreement: str, month: Month, status: Status
    ) -> Iterator[tuple[LineKey, Position]]:
        base = self._base(group, month, status)
        insurer, paid = group.accord.insurer_in(month) or "", column(group.paid)
        for guarantee in group.guarantees:
            dated = guarantee.rate_in(month)
            assert dated is not None, "a group has the rates of its month"
            rate, share = millionths(dated.rate), millionths(dated.employer_share)
            found = contributions(base, column(group.days(guarantee)), paid, rate, share)
            figures = (found.base, found.amount, found.employer, found.agent)
            rows = zip(group.agents, *(values.tolist() for values in figures), strict=True)
            for agent, insured, amount, employer, own in rows:
                if amount:
                    key = LineKey(agent, month, agreement, insurer, guarantee.code)
                    amounts = Amounts(Money(insured), Money(amount), Money(employer), Money(own))
                    yield key, Position(amounts, dated.rate, guarantee.unresolved)

    def _base(self, group: _Group, month: Month, status: Status) -> Column:
        base = column(group.counted)
        ri, stated = column(group.ri), column(group.stated)
        elements = group.rule.elements
        if elements is not None and group.rule.after_tpp and PayElement.RI in elements:
            base = base - withheld(ri, stated, self._monthly(status, month, ri.any()), column(group.share))
        return base

    def _monthly(self, status: Status, month: Month, premiums: object) -> int:
        """The monthly TPP of a category, in cents; zero for whoever has none."""
        if status.regime not in FONCTIONNAIRES or status.category is None or not premiums:
            return 0
        return self._rules.at(monthly_tpp_rule(status.category), month.first).money.cents


def _put(group: _Group, file: AgentFile, line: PayLine, covered: int, paid: int) -> None:
    pay, elements = line.pay, group.rule.elements
    if not group.owners or group.owners[-1][0] != file.employer:
        group.owners.append((file.employer, len(group.agents)))
    group.agents.append(file.agent)
    group.covered.append(covered)
    group.counted.append(line.whole.cents if elements is None else sum(pay.of(e).cents for e in elements))
    group.ri.append(pay.ri.cents)
    group.stated.append(UNSTATED if pay.tpp is None else pay.tpp.cents)
    group.share.append(MILLION if line.share_of_pay is None else millionths(line.share_of_pay))
    group.paid.append(paid)


def _opened(terms: Terms | None, employer: str, month: Month, status: Status) -> _Group | None:
    if terms is None:
        return None
    accord = terms.of_employer(employer, month)
    rule = accord.base_rule(status.regime)
    open_to = tuple(g for g in accord.guarantees if status.regime in g.populations)
    if rule is None or any(g.rate_in(month) is None for g in open_to):
        return None
    return _Group(accord, rule, open_to, elected={g.code: [] for g in open_to if not g.mandatory})


def _readable(line: PayLine, status: Status) -> bool:
    """Whether the rules accept this pay (rules.pay.withheld_tpp says what they refuse)."""
    stated, ri = line.pay.tpp, line.pay.ri
    if status.regime not in FONCTIONNAIRES:
        return not stated
    return (status.category is not None or not ri) and (stated is None or stated <= ri)


def _cover(month: Month, timeline: Sequence[Span]) -> tuple[int, int]:
    """Days covered and days paid; most months lie whole in one span."""
    whole = _whole(month, timeline)
    if whole is None:
        return covered_days(month, timeline), paid_days(month, [timeline])
    days = month.period().days
    return (days if whole is AffiliationOutcome.AFFILIATED else 0), (0 if whole in NOT_PAID else days)


def _whole(month: Month, timeline: Iterable[Span]) -> AffiliationOutcome | None:
    first, last = month.first, month.last
    return next((s.outcome for s in timeline if s.period.start <= first and last <= s.period.last), None)


def _elected(file: AgentFile, guarantee: GuaranteeTerms, month: Month, timeline: Sequence[Span], covered: int) -> int:
    """Days covered by an option: those on which it is elected (S3)."""
    elections = file.elections.get(guarantee.code, ())
    if not elections:
        return 0
    first, last = month.first, month.last
    if any(e.start <= first and last <= e.last for e in elections):
        return covered
    return covered_days(month, timeline, elections)
