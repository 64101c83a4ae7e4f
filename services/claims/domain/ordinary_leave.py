"""CMO: the *année médicale*, asked for every day (rulebook §1.2; circulaires of 5 January 1979 and 15 February 2018).

The window before a day runs from the day after the same date a year earlier to the day before. It only moves forward,
so three counters that forget what leaves it answer each day in constant time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from kit.period import Period, add_years
from kit.rate import Rate
from rules.book import Rules, RuleValue
from rules.vocabulary import LeaveKind, Leg
from services.claims.domain.entitlement import NO_PAY, Ground, Stretch
from services.claims.domain.leave import Entry, Person, runs_of
from services.claims.domain.seniority import tier

# A day's answer before it is given a rate: its leg and why.
_Answer = tuple[Leg, Ground]


@dataclass(frozen=True, slots=True)
class _Limits:
    """The rights of one entry, read at its start."""

    full: int
    half: int | None
    total: int
    window_years: int
    full_rule: RuleValue
    total_rule: RuleValue


@dataclass(frozen=True, slots=True)
class _Rates:
    full: Rate
    half: Rate
    awaiting: Rate
    nothing: Rate


class _Counter:
    """Days in a window that only moves forward. Days are added in date order."""

    __slots__ = ("_days", "_gone")

    def __init__(self) -> None:
        self._days: list[int] = []
        self._gone = 0

    def add(self, day: int) -> None:
        self._days.append(day)

    def after(self, floor: int) -> int:
        """How many days lie after `floor`."""
        while self._gone < len(self._days) and self._days[self._gone] <= floor:
            self._gone += 1
        return len(self._days) - self._gone


@lru_cache(maxsize=1 << 16)
def _floor(day: int, years: int) -> int:
    """The same date some years earlier: the last day that the window before `day` leaves out."""
    return add_years(date.fromordinal(day), -years).toordinal()


class _MedicalYear:
    """What one agent's CMO days have used so far."""

    __slots__ = ("all", "full", "half")

    def __init__(self) -> None:
        self.full, self.half, self.all = _Counter(), _Counter(), _Counter()

    def count(self, day: int, leg: Leg) -> None:
        """A waiting day takes the place of a day at full pay."""
        self.all.add(day)
        if leg in (Leg.FULL, Leg.WAITING):
            self.full.add(day)
        elif leg is Leg.HALF:
            self.half.add(day)


def ordinary_leave(person: Person, entries: Iterable[Entry], rules: Rules) -> Iterator[Stretch]:
    """The stretches of the CMO entries, given in date order."""
    year = _MedicalYear()
    for run in runs_of([entry for entry in entries if entry.kind is LeaveKind.CMO]):
        for entry in run.entries:
            yield from _entry(person, entry, _waiting(entry, entry is run.entries[0], rules), year, rules)


def _entry(
    person: Person, entry: Entry, waiting: RuleValue | int, year: _MedicalYear, rules: Rules
) -> Iterator[Stretch]:
    limits, rates = _limits(person, entry, rules), _rates(person, entry, rules)
    wait = _Wait.of(waiting)
    begun: tuple[int, _Answer] | None = None
    first, last = entry.start.toordinal(), entry.end.toordinal()
    for day in range(first, last + 1):
        answer = wait.answer if day - first < wait.days else _answer(person, day, limits, year)
        year.count(day, answer[0])
        if begun is None:
            begun = (day, answer)
        elif not _same(begun[1], answer):
            yield _stretch(begun, day - 1, rates)
            begun = (day, answer)
    assert begun is not None, "an entry has a day"
    yield _stretch(begun, last, rates)


@dataclass(frozen=True, slots=True)
class _Wait:
    """The waiting days at the head of an entry."""

    days: int
    answer: _Answer

    @classmethod
    def of(cls, waiting: RuleValue | int) -> _Wait:
        if isinstance(waiting, int):
            return cls(waiting, (Leg.WAITING, Ground("leave.waiting.days", "délai indiqué sur l'arrêt", limit=waiting)))
        return cls(waiting.integer, (Leg.WAITING, Ground(waiting.id, waiting.reference, limit=waiting.integer)))


def _waiting(entry: Entry, initial: bool, rules: Rules) -> RuleValue | int:  # noqa: FBT001 - a property of the entry
    """As the entry says, else as the law says for a new stop; a renewal has none."""
    if entry.waiting_days is not None:
        return entry.waiting_days
    return rules.at("leave.waiting.days", entry.start) if initial else 0


def _answer(person: Person, day: int, limits: _Limits, year: _MedicalYear) -> _Answer:
    floor = _floor(day, limits.window_years)
    total, full = year.all.after(floor), year.full.after(floor)
    if total >= limits.total:
        return _after_rights(person, limits.total_rule, total, limits.total)
    if full < limits.full:
        return Leg.FULL, Ground(limits.full_rule.id, limits.full_rule.reference, full, limits.full)
    if limits.half is not None and (half := year.half.after(floor)) >= limits.half:
        return Leg.NONE, Ground(limits.full_rule.id, limits.full_rule.reference, half, limits.half)
    return Leg.HALF, Ground(limits.full_rule.id, limits.full_rule.reference, full, limits.full)


def _after_rights(person: Person, rule: RuleValue, counted: int, limit: int) -> _Answer:
    """Rights are used up: fonctionnaires keep half pay until a decision, contractuels have nothing."""
    if person.fonctionnaire:
        return Leg.HALF, Ground("leave.awaiting_decision_rate", rule.reference, counted, limit)
    return Leg.NONE, Ground(rule.id, rule.reference, counted, limit)


def _same(earlier: _Answer, later: _Answer) -> bool:
    """Counts move every day; a stretch goes on while leg and rule stay."""
    return earlier[0] is later[0] and earlier[1].rule == later[1].rule


def _stretch(begun: tuple[int, _Answer], last: int, rates: _Rates) -> Stretch:
    first, (leg, ground) = begun
    period = Period(date.fromordinal(first), date.fromordinal(last))
    return Stretch(period, LeaveKind.CMO, leg, _rate(leg, ground, rates), ground)


def _rate(leg: Leg, ground: Ground, rates: _Rates) -> Rate:
    if leg is Leg.FULL:
        return rates.full
    if leg is Leg.HALF:
        return rates.awaiting if ground.rule == "leave.awaiting_decision_rate" else rates.half
    return rates.nothing


def _limits(person: Person, entry: Entry, rules: Rules) -> _Limits:
    day = entry.start
    total = rules.at("leave.cmo.max_days", day)
    window = rules.at("leave.cmo.window_years", day).integer
    if person.fonctionnaire:
        full = rules.at("leave.cmo.full_days", day)
        return _Limits(full.integer, None, total.integer, window, full, total)
    table = rules.at("leave.contractual.cmo", day)
    row = tier(person, entry, table.rows)
    full_days, half_days = (row.integer("full_days"), row.integer("half_days")) if row else (0, 0)
    return _Limits(full_days, half_days, total.integer, window, table, total)


def _rates(person: Person, entry: Entry, rules: Rules) -> _Rates:
    """The rate belongs to the entry, by its first day, and not to the day."""
    half = rules.at("leave.half_rate", entry.start).rate
    awaiting = rules.at("leave.awaiting_decision_rate", entry.start).rate if person.fonctionnaire else half
    return _Rates(rules.at("leave.cmo.full_rate", entry.start).rate, half, awaiting, NO_PAY)
