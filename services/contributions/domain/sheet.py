"""The months of many agents, gathered by accord, month and status, and computed together in columns.

What a column cannot hold (several statuses or employments in a month, rappels, pay that the rules refuse) is left to
`owed`, one by one. Both give the same cents, which a property holds them to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np  # lint(imports) because orders and groups of columns are values

from kit.columns import Column, first_days, firsts, month_at, place_of
from kit.period import Month
from rules.book import Rules
from rules.pay import monthly_tpp_rule
from rules.vocabulary import FONCTIONNAIRES, AffiliationOutcome, PayElement
from services.contributions.domain.base import Status
from services.contributions.domain.columns import (
    MILLION,
    UNSTATED,
    Figures,
    Mask,
    Table,
    contributions,
    days_within,
    millionths,
    rows,
    spread,
    withheld,
)
from services.contributions.domain.cover import NOT_PAID
from services.contributions.domain.facts import CATEGORIES, ELEMENTS, GUARANTEES, OUTCOMES, REGIMES, Facts
from services.contributions.domain.lines import MONTHS
from services.contributions.domain.terms import BaseRule, GuaranteeTerms, Terms

# More accords and statuses than there are.
_WORDS, _STATUSES = 2**20, 2**8  # lint(law) because they are no figures of law


@dataclass(frozen=True, slots=True)
class _Group:
    """Months of one status under one accord: the places of their rows."""

    accord: Terms
    rule: BaseRule
    guarantees: tuple[GuaranteeTerms, ...]
    month: Month
    status: Status
    places: Column


@dataclass(frozen=True, slots=True)
class Priced:
    """One guarantee for the agents of a group, in columns."""

    guarantee: GuaranteeTerms
    accord: Terms
    month: Month
    agent: Column
    figures: Figures


class Sheet:
    """Every month up to `last` that has pay; `left` are the pairs of agent and month that no column holds."""

    def __init__(self, facts: Facts, last: Month, terms: Mapping[str, Terms], rules: Rules) -> None:
        self._facts, self._terms, self._rules = facts, terms, rules
        kept = np.flatnonzero(facts.pay["month"] <= place_of(last))
        starts = firsts((facts.pay["agent"] * MONTHS + facts.pay["month"])[kept])
        lines = np.diff(np.append(starts, len(kept)))
        self._pay = rows(facts.pay, kept[starts])
        self._affiliated = _with_outcome(facts.spans, {AffiliationOutcome.AFFILIATED})
        self._elected: dict[int, Column] = {}
        self._groups: list[_Group] = []
        self.left = self._gathered((lines == 1) & (self._pay["paid_in"] == 0))

    def priced(self, changed: Callable[[GuaranteeTerms, Month], GuaranteeTerms] | None = None) -> Iterator[Priced]:
        """What each month owes, guarantee by guarantee; or would, if guarantees read as `changed` makes them: other
        rates, other shares, an option for everybody. Their populations and the base stay.
        """
        for group in self._groups:
            base = self._base(group)
            agent, covered, paid = (self._pay[name][group.places] for name in ("agent", "covered", "paid"))
            for guarantee in group.guarantees:
                new = changed(guarantee, group.month) if changed else guarantee
                dated = new.rate_in(group.month)
                assert dated is not None, "a group has the rates of its month, and so has what they are changed to"
                days = covered if new.mandatory else self._days_elected(guarantee)[group.places]
                rate, share = millionths(dated.rate), millionths(dated.employer_share)
                figures = contributions(base, days, paid, rate, share)
                yield Priced(new, group.accord, group.month, agent, figures)

    def _gathered(self, alone: Mask) -> Column:
        """Put months into groups; the pairs that fit into none."""
        pay, facts = self._pay, self._facts
        pay["first"], pay["last"] = first_days(pay["month"]), first_days(pay["month"] + 1) - 1
        agreement, single = _agreements(facts)
        covered = days_within(pay["agent"], pay["first"], pay["last"], self._affiliated)
        paid = _with_outcome(facts.spans, set(AffiliationOutcome) - NOT_PAID)
        pay["covered"], pay["paid"] = covered, days_within(pay["agent"], pay["first"], pay["last"], paid)
        fits = alone & single[pay["agent"]]
        left = [np.flatnonzero(~fits)]
        status = _statuses(pay, facts.employments)
        live = np.flatnonzero(fits & (covered > 0))
        code = (agreement[pay["agent"]] * MONTHS + pay["month"]) * _STATUSES + status
        # What an accord says of all employers is computed for all at once.
        if any(accord.exceptions or accord.former for accord in self._terms.values()):
            code += facts.owner[pay["agent"]] * (_WORDS * MONTHS * _STATUSES)
        live = live[np.argsort(code[live], kind="stable")]
        groups = np.split(live, np.flatnonzero(np.diff(code[live])) + 1)
        left += [self._grouped(places, agreement, status) for places in groups if len(places)]
        found = np.sort(np.concatenate(left))
        return np.asarray(pay["agent"][found] * MONTHS + pay["month"][found])

    def _grouped(self, places: Column, agreement: Column, status: Column) -> Column:
        """Make a group of months alike; those of them that it cannot hold."""
        pay, one = self._pay, places[0]
        agent, month, place = int(pay["agent"][one]), month_at(int(pay["month"][one])), int(status[one])
        terms = self._terms.get(self._facts.words[agreement[agent]])
        if terms is None or place < 0:
            return places
        accord = terms.of_employer(self._facts.employers[self._facts.owner[agent]], month)
        said = Status(REGIMES[place // len(CATEGORIES)], CATEGORIES[place % len(CATEGORIES)])
        rule = accord.base_rule(said.regime)
        open_to = tuple(g for g in accord.guarantees if said.regime in g.populations)
        if rule is None or any(g.rate_in(month) is None for g in open_to):
            return places
        readable = _readable(pay["tpp"][places], pay["ri"][places], said)
        if readable.any():
            self._groups.append(_Group(accord, rule, open_to, month, said, places[readable]))
        return np.asarray(places[~readable])

    def _base(self, group: _Group) -> Column:
        elements, named = group.rule.elements, (*ELEMENTS, "gross", "share", "tpp")
        pay = {name: self._pay[name][group.places] for name in named}
        if elements is None:
            return np.where(pay["gross"] == UNSTATED, _total(pay), pay["gross"])
        base = sum(_total(pay) if e is PayElement.ALL else pay[e.value.lower()] for e in elements)
        if group.rule.after_tpp and PayElement.RI in elements:
            share = np.where(pay["share"] == UNSTATED, MILLION, pay["share"])
            monthly = self._monthly(group.status, group.month, pay["ri"].any())
            base = base - withheld(pay["ri"], pay["tpp"], monthly, share)
        return np.asarray(base)

    def _monthly(self, status: Status, month: Month, premiums: object) -> int:
        """The monthly TPP of a category, in cents; zero for whoever has none."""
        if status.regime not in FONCTIONNAIRES or status.category is None or not premiums:
            return 0
        return self._rules.at(monthly_tpp_rule(status.category), month.first).money.cents

    def _days_elected(self, guarantee: GuaranteeTerms) -> Column:
        """Of each month, the days covered on which an option is elected (S3)."""
        place = GUARANTEES.index(guarantee.code)
        if place not in self._elected:
            options = _apart(rows(self._facts.options, self._facts.options["guarantee"] == place))
            days = _shared(options, self._affiliated)
            pay = self._pay
            self._elected[place] = days_within(pay["agent"], pay["first"], pay["last"], days)
        return self._elected[place]


def _with_outcome(spans: Table, outcomes: set[AffiliationOutcome]) -> Table:
    return rows(spans, np.isin(spans["outcome"], [OUTCOMES.index(one) for one in outcomes]))


def _agreements(facts: Facts) -> tuple[Column, Mask]:
    """The accord of each agent, and whether it is his only one."""
    spans, agents = facts.spans, len(facts.agents)
    begins = firsts(spans["agent"] * _WORDS + spans["agreement"])
    agreement = np.zeros(agents, dtype=np.int64)
    agreement[spans["agent"][begins]] = spans["agreement"][begins]
    return agreement, np.bincount(spans["agent"][begins], minlength=agents) == 1


def _statuses(pay: Table, employments: Table) -> Column:
    """The status that pays each month, as AgentFile.status_in says; -1 when nothing is known yet."""
    left, right = spread(pay["agent"], employments["agent"])
    stretch, named = rows(employments, right), pay["employment"][left]
    meant = (named == 0) | (stretch["id"] == named) | (stretch["number"] == named)
    begun = meant & (stretch["start"] <= pay["last"][left])
    running = begun & (stretch["end"] >= pay["first"][left])
    found = np.full(len(pay["agent"]), -1)
    # Employments are in the order of their start: of several the last one stays.
    for mask in (begun, running):
        found[left[mask]] = (stretch["regime"] * len(CATEGORIES) + stretch["category"])[mask]
    return found


def _readable(stated: Column, ri: Column, status: Status) -> Mask:
    """Whether the rules accept this pay (rules.pay.withheld_tpp says what they refuse)."""
    if status.regime not in FONCTIONNAIRES:
        return np.isin(stated, [UNSTATED, 0])
    accepted = (stated == UNSTATED) | (stated <= ri)
    return accepted if status.category is not None else np.asarray(accepted & (ri == 0))


def _total(pay: Table) -> Column:
    return np.asarray(sum(pay[name] for name in ELEMENTS))


def _apart(periods: Table) -> Table:
    """The same days, none of them twice."""
    shift = periods["agent"] * 2**22  # lint(law) because it is more days than a calendar has
    reached = np.maximum.accumulate(shift + periods["end"])
    before = np.append(-1, reached[:-1])[: len(shift)] - shift
    found = periods | {"start": np.maximum(periods["start"], before + 1)}
    return rows(found, found["start"] <= found["end"])


def _shared(some: Table, others: Table) -> Table:
    """The days of each agent that lie in both."""
    left, right = spread(some["agent"], others["agent"])
    start = np.maximum(some["start"][left], others["start"][right])
    end = np.minimum(some["end"][left], others["end"][right])
    found = {"agent": some["agent"][left], "start": start, "end": end}
    return rows(found, start <= end)
