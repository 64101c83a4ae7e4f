"""Both conventions of counting a CMO: golden cases, and the plain reading of accounting days."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given

from kit.period import Period
from rules.book import RuleBook
from rules.vocabulary import LeaveKind, Leg, Regime
from services.claims.api.leaves import LeaveRequest, entries
from services.claims.api.statutory_pay import PersonRequest
from services.claims.domain.leave import Entry, Person
from services.claims.domain.statutory import statutory_pay
from tests.golden.cases import read
from tests.services.claims.domain.histories import BOOK, histories, looking_at

ACCOUNTING = BOOK.replacing("leave.cmo.counting", "ACCOUNTING_360")


@pytest.mark.parametrize("case", read("statutory-counting"), ids=lambda case: case["name"])
def test_a_leave_is_counted_as_the_rule_says(case: dict[str, Any]) -> None:
    person = PersonRequest.model_validate(case["agent"]).person("/agent")
    leaves = entries([LeaveRequest.model_validate(leave) for leave in case["leaves"]])
    found = statutory_pay(person, leaves, BOOK.replacing("leave.cmo.counting", case["counting"]))
    shown = [[paid.leg.value, str(paid.period.start), str(paid.period.last)] for paid in found.periods()]
    assert shown == case["periods"], case["source"]


def number(day: date) -> int:
    """The accounting day that a day is the last of."""
    last = monthrange(day.year, day.month)[1]
    return day.year * 360 + day.month * 30 + (30 if day.day in (31, last) else day.day)


def plainly(person: Person, told: list[Entry]) -> dict[date, Leg]:
    """Each accounting day of CMO, asked by looking at every one before it."""
    said: dict[date, Leg] = {}
    for entry in told:
        follows = entry.start - timedelta(days=1) in said
        waiting = entry.waiting_days
        if waiting is None:
            waiting = 0 if follows or entry.start < date(2018, 1, 1) else 1
        for day in entry.period:
            before = [d for d in said if (day - d).days < 370 and number(day) - 360 <= number(d) < number(day)]
            weight = {d: number(d) - number(d - timedelta(days=1)) for d in before}
            full = sum(weight[d] for d in before if said[d] in (Leg.FULL, Leg.WAITING))
            if (day - entry.start).days < waiting:
                said[day] = Leg.WAITING
            else:
                said[day] = Leg.FULL if sum(weight.values()) < 360 and full < 90 else Leg.HALF
    return said


@looking_at(8)
@given(histories(kinds=(LeaveKind.CMO,), longest=3))
def test_accounting_days_are_counted_as_the_plain_reading_does(history: tuple[Person, list[Entry]]) -> None:
    told = [entry for entry in history[1] if entry.kind is LeaveKind.CMO]
    person = Person(Regime.CNRACL)
    found = statutory_pay(person, told, ACCOUNTING)
    assert {day: stretch.leg for stretch in found for day in stretch.period} == plainly(person, told)


def test_a_law_of_before_the_convention_was_a_rule_counts_as_the_calendar_has_days() -> None:
    """What a decision read is all that it is taken again by: older ones hold nothing of the convention."""
    older = RuleBook({rule.id: rule for rule in BOOK if rule.id != "leave.cmo.counting"})
    person, entry = Person(Regime.CNRACL), Entry(LeaveKind.CMO, Period(date(2027, 1, 1), date(2027, 12, 31)), 0)
    assert list(statutory_pay(person, [entry], older)) == list(statutory_pay(person, [entry], BOOK))
    assert list(statutory_pay(person, [entry], older)) != list(statutory_pay(person, [entry], ACCOUNTING))


def test_a_law_of_before_a_tpt_had_an_end_pays_it_whole() -> None:
    older = RuleBook({rule.id: rule for rule in BOOK if not rule.id.startswith(("leave.tpt.max", "leave.tpt.rebuilt"))})
    person, entry = Person(Regime.CNRACL), Entry(LeaveKind.TPT, Period(date(2024, 1, 1), date(2026, 12, 31)))
    assert [stretch.leg for stretch in statutory_pay(person, [entry], older)] == [Leg.FULL]
    assert [stretch.leg for stretch in statutory_pay(person, [entry], BOOK)] == [Leg.FULL, Leg.NONE]
    again = Entry(LeaveKind.TPT, Period(date(2027, 2, 1), date(2027, 12, 31)))
    assert {stretch.leg for stretch in statutory_pay(person, [entry, again], older)} == {Leg.FULL}
    assert [stretch.leg for stretch in statutory_pay(person, [entry, again], BOOK)][-1] is Leg.NONE


def test_a_law_without_a_window_pays_every_day_in_full() -> None:
    none = BOOK.replacing("leave.cmo.window_years", "0", next(iter(BOOK.rule("leave.cmo.window_years").values)).start)
    entry = Entry(LeaveKind.CMO, Period(date(2027, 1, 1), date(2027, 12, 31)), 0)
    assert {stretch.leg for stretch in statutory_pay(Person(Regime.CNRACL), [entry], none)} == {Leg.FULL}


def test_three_whole_months_are_at_full_pay_wherever_they_lie() -> None:
    for month in range(1, 13):
        start = date(2027, month, 1)
        year, after = divmod(month + 2, 12)
        half = date(2027 + year, after + 1, 1)
        entry = Entry(LeaveKind.CMO, Period(start, half + timedelta(days=30)), 0)
        periods = statutory_pay(Person(Regime.CNRACL), [entry], ACCOUNTING).periods()
        assert [paid.period.start for paid in periods] == [start, half]
