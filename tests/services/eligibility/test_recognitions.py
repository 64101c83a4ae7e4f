"""Recognitions of one agent follow one another without a gap, whatever the order they come in."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.money import Money
from kit.period import Period
from services.eligibility.domain.errors import InvalidityOverlap
from services.eligibility.domain.facts import Invalidity
from services.eligibility.domain.recognitions import chained

DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 31))


def recognition(number: int, start: date) -> Invalidity:
    return Invalidity(UUID(int=number), "99985001900012", Period(start), None, "2", None, Money.zero())


@given(st.lists(DAYS, min_size=1, max_size=5, unique=True))
def test_each_ends_the_day_before_the_next(days: list[date]) -> None:
    known = [recognition(number, day) for number, day in enumerate(days)]
    found = chained(known)
    assert all(later.period.follows(earlier.period) for earlier, later in pairwise(found))
    assert found[-1].period.end is None
    assert {(one.id, one.period.start) for one in found} == {(one.id, one.period.start) for one in known}
    assert chained(reversed(known)) == chained(found) == found


@given(st.lists(DAYS, min_size=2, max_size=5, unique=True), st.data())
def test_one_withdrawn_leaves_what_would_be_without_it(days: list[date], data: st.DataObject) -> None:
    known = [recognition(number, day) for number, day in enumerate(days)]
    gone = data.draw(st.sampled_from(known))
    left = [one for one in chained(known) if one.id != gone.id]
    assert chained(left) == chained(one for one in known if one.id != gone.id)


def test_two_of_one_day_contradict_each_other() -> None:
    with pytest.raises(InvalidityOverlap):
        chained([recognition(1, date(2026, 1, 1)), recognition(2, date(2026, 1, 1))])
