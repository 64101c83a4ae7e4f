from __future__ import annotations

import pytest

from services.claims.domain.errors import DayWithoutLeave
from services.claims.domain.spell import spells
from tests.services.claims.domain.files import SECOND, day, employed, entry, file, leave
from tests.services.claims.domain.histories import BOOK


def test_a_day_is_of_the_leave_whose_entry_holds_it() -> None:
    known = file(
        leaves=(leave(entry("2026-02-01", "2026-02-10")), leave(entry("2026-02-11", "2026-02-20"), id=SECOND)),
    )
    assert known.leave_on(day("2026-02-20")) == SECOND


def test_a_day_of_no_leave_is_refused_with_a_code() -> None:
    known = file(leaves=(leave(entry("2026-02-01", "2026-02-10")),))
    with pytest.raises(DayWithoutLeave) as refusal:
        known.leave_on(day("2026-02-11"))
    assert refusal.value.code == "day_without_leave"


def test_an_employment_that_is_over_is_the_one_before_the_next() -> None:
    former, later = employed("2005-09-01", end="2020-12-31"), employed("2022-01-01")
    known = file(employments=(former, later))
    assert known.employment_on(day("2021-06-01")) == former
    assert known.employment_on(day("2022-01-01")) == later
    assert known.employment_on(day("2005-08-31")) is None


def test_the_employment_that_runs_counts_before_one_begun_later_and_over() -> None:
    running, over = employed("2005-09-01"), employed("2020-01-01", end="2020-12-31")
    assert file(employments=(running, over)).employment_on(day("2021-06-01")) == running


def test_an_employment_after_a_gap_is_no_part_of_the_one_that_ends() -> None:
    known = file(employments=(employed("2005-09-01", end="2020-12-31"), employed("2022-01-01")))
    assert known.employed_until(day("2020-06-01")) == day("2020-12-31")
    assert known.employed_until(day("2021-06-01")) == day("2021-05-31")
    assert known.employed_until(day("2022-01-01")) is None
    assert (
        spells(file(employments=known.employments[:1], leaves=(leave(entry("2021-02-01", "2021-02-10")),)), BOOK) == []
    )
