from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from kit.period import Period
from rules.vocabulary import LeaveKind, Leg, Regime
from services.claims.domain.acquired import acquired_days, with_acquired
from services.claims.domain.leave import Entry, Person
from services.claims.domain.statutory import statutory_pay
from tests.services.claims.domain.histories import BOOK

FIRST = date(2024, 1, 1)
AGENT = Person(Regime.CNRACL, date(2005, 9, 1))
EVER = Period(date(2000, 1, 1), date(2040, 1, 1))
PARTS = st.lists(st.tuples(st.integers(0, 120), st.integers(1, 30)), max_size=4)


def days_off(days: int) -> Period:
    return Period(FIRST, FIRST + timedelta(days=days - 1))


def test_a_year_of_cmo_leaves_half_pay_awaiting_a_decision() -> None:
    """360 days are paid by right (rulebook §1.2, step 4); what follows is kept, and acquired once paid."""
    rights = statutory_pay(AGENT, [Entry(LeaveKind.CMO, days_off(400), 0)], BOOK)
    (kept,) = acquired_days(rights, EVER)
    assert kept == Period(FIRST + timedelta(days=360), FIRST + timedelta(days=399))
    assert acquired_days(rights, Period(FIRST, FIRST + timedelta(days=364))) == [
        Period(FIRST + timedelta(days=360), FIRST + timedelta(days=364))
    ]


@given(PARTS)
def test_only_acquired_days_of_a_disponibilite_are_at_half_pay(parts: list[tuple[int, int]]) -> None:
    leave = Period(FIRST, FIRST + timedelta(days=149))
    rights = statutory_pay(AGENT, [Entry(LeaveKind.DO, leave)], BOOK)
    acquired, day = [], FIRST
    for gap, length in parts:
        start = day + timedelta(days=gap)
        acquired.append(Period(start, start + timedelta(days=length - 1)))
        day = start + timedelta(days=length)
    found = with_acquired(rights, acquired, BOOK)
    told = {d: s.leg for s in found for d in s.period}
    assert sorted(told) == list(leave)
    assert {d for d, leg in told.items() if leg is Leg.HALF} == {d for p in acquired for d in p if d in leave}


@given(PARTS)
def test_other_leaves_are_left_as_they_are(parts: list[tuple[int, int]]) -> None:
    rights = statutory_pay(AGENT, [Entry(LeaveKind.CLM, days_off(500))], BOOK)
    acquired = [Period(FIRST + timedelta(days=gap), FIRST + timedelta(days=gap + length)) for gap, length in parts]
    assert with_acquired(rights, acquired, BOOK).periods() == rights.periods()
