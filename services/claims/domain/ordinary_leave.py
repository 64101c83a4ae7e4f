"""CMO: the *année médicale*, asked for every day (rulebook §1.2; circulaires of 5 January 1979 and 15 February 2018).

The window before a day runs from the day after the same date a year earlier to the day before. It only moves forward,
so counters that forget what leaves it answer each day in constant time. Days on which nothing leaves it are taken at
once. `leave.cmo.counting` may say that days are counted as payrolls of the State do (accounting_days.py). A contractuel
whose services are discontinuous has, in place of that year, a period of days of service (effective_service.py).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum, auto
from functools import lru_cache

from kit.period import Period, add_years
from rules.book import Rules, RuleValue
from rules.vocabulary import LeaveKind, Leg
from services.claims.domain.accounting_days import AccountingDays, accounting_days, number
from services.claims.domain.effective_service import EffectiveService, discontinuous
from services.claims.domain.entitlement import NO_PAY, Ground, Stretch
from services.claims.domain.leave import Entry, Person, runs_of
from services.claims.domain.seniority import tier


class _Stage(Enum):
    """What a day of CMO is."""

    WAITING = auto()
    FULL = auto()
    HALF = auto()
    UNPAID = auto()  # a contractuel's half pay is used up
    OVER = auto()  # so are the rights of a year


@dataclass(frozen=True, slots=True)
class _Limits:
    """The rights of one entry, read at its start; `half` None: no limit of its own.

    `service`: what stands in place of the year, for who serves discontinuously.
    """

    full: int
    half: int | None
    total: int
    window_years: int
    full_rule: RuleValue
    total_rule: RuleValue
    accounting: AccountingDays | None = None
    service: EffectiveService | None = None


@dataclass(frozen=True, slots=True)
class _Span:
    """Days, as ordinals, of one stage; `counted` is what the window before the first of them held."""

    first: int
    last: int
    stage: _Stage
    counted: int


class _Counter:
    """Days in a window. Days are added in date order."""

    __slots__ = ("_days",)

    def __init__(self) -> None:
        self._days: list[int] = []

    def add(self, first: int, last: int) -> None:
        self._days.extend(range(first, last + 1))

    def after(self, floor: int) -> int:
        """How many days lie after `floor`."""
        return len(self._days) - bisect_right(self._days, floor)

    def in_window(self, day: int, accounting: AccountingDays) -> int:
        """How many accounting days of the year before `day` these days are."""
        since, until = accounting.window(day)
        held = self._days[bisect_left(self._days, since, key=lambda one: number(one, accounting.month)) :]
        return sum(accounting.weight(one) for one in held if number(one, accounting.month) < until)

    def oldest(self, floor: int) -> int | None:
        """The first day after `floor`."""
        place = bisect_right(self._days, floor)
        return self._days[place] if place < len(self._days) else None


@lru_cache(maxsize=1 << 16)
def _floor(day: int, years: int) -> int:
    """The same date some years earlier: the last day that the window before `day` leaves out."""
    return add_years(date.fromordinal(day), -years).toordinal()


@lru_cache(maxsize=1 << 16)
def _leaves(day: int, years: int) -> int:
    """The first day whose window leaves `day` out."""
    same_date = add_years(date.fromordinal(day), years).toordinal()
    return same_date if _floor(same_date, years) >= day else same_date + 1


class _MedicalYear:
    """What one agent's CMO days have used so far."""

    __slots__ = ("full", "half", "total", "unpaid")

    def __init__(self, unpaid: Iterable[Period]) -> None:
        """`unpaid`: the days of other leaves that nothing is paid for."""
        self.unpaid = list(unpaid)
        self.full, self.half, self.total = _Counter(), _Counter(), _Counter()

    def stage(self, day: int, limits: _Limits) -> tuple[_Stage, int, int]:
        """What a day is once its waiting days are over, the count that says so, and how many days from it on are alike.

        Until one leaves the window, each day adds to what is used and nothing else changes.
        """
        if limits.service is not None:
            return self._by_service(day, limits, limits.service)
        if limits.accounting is not None:
            total, full, half = (one.in_window(day, limits.accounting) for one in (self.total, self.full, self.half))
            return *_stage(total, full, half, limits), 1
        years = limits.window_years
        floor = _floor(day, years)
        total, full = self.total.after(floor), self.full.after(floor)
        alike = max(
            1, _leaves(self.total.oldest(floor) or day, years) - day
        )  # the day itself, were there no window at all
        if total >= limits.total:
            return _Stage.OVER, total, alike
        alike = min(alike, limits.total - total)
        if full < limits.full:
            return _Stage.FULL, full, min(alike, limits.full - full)
        if limits.half is not None:
            half = self.half.after(floor)
            if half >= limits.half:
                return _Stage.UNPAID, half, alike
            alike = min(alike, limits.half - half)
        return _Stage.HALF, full, alike

    def _by_service(self, day: int, limits: _Limits, service: EffectiveService) -> tuple[_Stage, int, int]:
        """Of the days in the period that holds enough service; unpaid days move it no further, and so go on.

        The months of the tier are the only limit: unpaid days would fill a year of days of service with none.
        """
        floor = service.floor(day)
        stage, counted = _stage(0, self.full.after(floor), self.half.after(floor), limits)
        return stage, counted, date.max.toordinal() if stage is _Stage.UNPAID else 1

    def count(self, first: int, last: int, stage: _Stage, limits: _Limits) -> None:
        """A waiting day takes the place of a day at full pay; half pay awaiting a decision is no right used."""
        self.total.add(first, last)
        if stage in (_Stage.FULL, _Stage.WAITING):
            self.full.add(first, last)
        elif stage is _Stage.HALF:
            self.half.add(first, last)
        elif stage is _Stage.UNPAID or limits.half is not None:
            self.unpaid.append(Period(date.fromordinal(first), date.fromordinal(last)))
            if limits.service is not None:
                limits.service.unpaid(first, last)


def _stage(total: int, full: int, half: int, limits: _Limits) -> tuple[_Stage, int]:
    """What a day is, and the count that says so."""
    if total >= limits.total:
        return _Stage.OVER, total
    if full < limits.full:
        return _Stage.FULL, full
    if limits.half is not None and half >= limits.half:
        return _Stage.UNPAID, half
    return _Stage.HALF, full


def ordinary_leave(
    person: Person, entries: Iterable[Entry], rules: Rules, others: Iterable[Stretch] = ()
) -> Iterator[Stretch]:
    """The stretches of the CMO entries, given in date order; `others`: those of the agent's other leaves."""
    year = _MedicalYear(stretch.period for stretch in others if stretch.leg is Leg.NONE)
    for run in runs_of([entry for entry in entries if entry.kind is LeaveKind.CMO]):
        for entry in run.entries:
            waiting = _waiting_days(entry, initial=entry is run.entries[0], rules=rules)
            limits = _limits(person, entry, year.unpaid, rules)
            for span in _spans(entry, waiting, limits, year):
                yield _stretch(person, entry, span, limits, rules)


def _spans(entry: Entry, waiting: int, limits: _Limits, year: _MedicalYear) -> list[_Span]:
    """The days of an entry, joined while their stage stays; `year` counts them."""
    first, last = entry.start.toordinal(), entry.end.toordinal()
    spans: list[_Span] = []
    day = first
    while day <= last:
        left = first + waiting - day
        stage, counted, alike = (_Stage.WAITING, 0, left) if left > 0 else year.stage(day, limits)
        until = min(last, day + alike - 1)
        year.count(day, until, stage, limits)
        if spans and spans[-1].stage is stage:
            spans[-1] = replace(spans[-1], last=until)
        else:
            spans.append(_Span(day, until, stage, counted))
        day = until + 1
    return spans


def _waiting_days(entry: Entry, *, initial: bool, rules: Rules) -> int:
    """As the entry says, else as the law says for a new stop; a renewal has none."""
    if entry.waiting_days is not None:
        return entry.waiting_days
    return rules.at("leave.waiting.days", entry.start).integer if initial else 0


def _limits(person: Person, entry: Entry, unpaid: Iterable[Period], rules: Rules) -> _Limits:
    """`unpaid`: the days of leave that nothing was paid for."""
    day = entry.start
    total = rules.at("leave.cmo.max_days", day)
    window = rules.at("leave.cmo.window_years", day).integer
    accounting = accounting_days(day, rules)
    if entry.of(person).fonctionnaire:
        full = rules.at("leave.cmo.full_days", day)
        return _Limits(full.integer, None, total.integer, window, full, total, accounting)
    table = rules.at("leave.contractual.cmo", day)
    row = tier(person, entry, table.rows)
    full_days, half_days = (row.integer("full_days"), row.integer("half_days")) if row else (0, 0)
    if not discontinuous(entry.of(person), add_years(day, -window), day, rules):
        return _Limits(full_days, half_days, total.integer, window, table, total, accounting)
    needed = rules.at("leave.contractual.discontinuous_days", day)
    service = EffectiveService([*entry.of(person).interruptions, *unpaid], day, needed.integer)
    return _Limits(full_days, half_days, total.integer, window, needed, total, accounting, service)


def _stretch(person: Person, entry: Entry, span: _Span, limits: _Limits, rules: Rules) -> Stretch:
    """A span with its rate, which belongs to the entry by its first day, and not to the day."""
    period = Period(date.fromordinal(span.first), date.fromordinal(span.last))
    by_full = Ground(limits.full_rule.id, limits.full_rule.reference, span.counted, limits.full)
    match span.stage:
        case _Stage.WAITING:
            rule = rules.at("leave.waiting.days", entry.start)
            return Stretch(period, entry.kind, Leg.WAITING, NO_PAY, Ground(rule.id, rule.reference))
        case _Stage.FULL:
            rate = rules.at("leave.cmo.full_rate", entry.start).rate
            return Stretch(period, entry.kind, Leg.FULL, rate, by_full)
        case _Stage.HALF:
            return Stretch(period, entry.kind, Leg.HALF, rules.at("leave.half_rate", entry.start).rate, by_full)
        case _Stage.UNPAID:
            half = Ground(limits.full_rule.id, limits.full_rule.reference, span.counted, limits.half)
            return Stretch(period, entry.kind, Leg.NONE, NO_PAY, half)
        case _:  # OVER
            over = Ground(limits.total_rule.id, limits.total_rule.reference, span.counted, limits.total)
            return _after_rights(person, entry, period, over, rules)


def _after_rights(person: Person, entry: Entry, period: Period, over: Ground, rules: Rules) -> Stretch:
    """Rights are used up: fonctionnaires keep half pay until a decision, contractuels have nothing."""
    if not entry.of(person).fonctionnaire:
        return Stretch(period, entry.kind, Leg.NONE, NO_PAY, over)
    awaiting = rules.at("leave.awaiting_decision_rate", entry.start)
    ground = Ground(awaiting.id, awaiting.reference, over.counted, over.limit)
    return Stretch(period, entry.kind, Leg.HALF, awaiting.rate, ground)
