"""Rulebook §2.1 to §2.4, and G6, G14, G21."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.money import Money
from kit.period import ONE_DAY, Month, Period, add_years
from rules.pay import PayElements
from services.claims.domain.daily_allowances import (
    AllowanceKind,
    Doubt,
    Notified,
    Stop,
    accident,
    all_doubts,
    cnracl_pension,
    doubts,
    expected,
    net,
    paid_days,
    sickness,
    special,
)
from services.claims.domain.temporary_invalidity import monthly_amount
from tests.services.claims.domain.histories import BOOK, looking_at

HIGH = Money.parse("9000.00")
Y2026 = date(2026, 1, 15)


@pytest.mark.parametrize(
    ("start", "daily"),
    [
        ("2025-03-31", "53.31"),
        ("2025-04-01", "41.47"),
        ("2025-12-31", "41.47"),
        ("2026-01-01", "41.95"),
        ("2026-06-01", "42.97"),
    ],
)
def test_the_cap_is_that_of_the_first_day_of_the_stop(start: str, daily: str) -> None:
    """G6."""
    assert str(sickness([HIGH] * 3, date.fromisoformat(start), BOOK)) == daily


def test_below_the_cap_it_is_half_of_a_day_s_pay() -> None:
    salaries = [Money.parse(text) for text in ("1800.00", "1850.00", "1900.00")]
    assert str(sickness(salaries, Y2026, BOOK)) == "30.41"  # 5 550 / 91.25 × 50 %


def test_each_salary_is_capped_apart() -> None:
    """A month above the cap does not make up for one below it."""
    uneven = sickness([HIGH, Money.parse("1000.00"), Money.parse("1000.00")], Y2026, BOOK)
    assert str(uneven) == "24.94"  # (2 552.242 + 2 000) / 91.25 × 50 %


def test_csg_and_crds_are_taken_from_all_of_it() -> None:
    assert str(net(Money.parse("41.95"), Y2026, BOOK)) == "39.14"  # less 2.60 and 0.21


def notified(daily: str, period: Period, kind: AllowanceKind = AllowanceKind.SICKNESS, **stop: Any) -> Notified:
    return Notified(kind, period, Money.parse(daily), Stop(Y2026, **stop))


PAID = {Month(2025, 10 + n): PayElements(tib=Money.parse(text)) for n, text in enumerate(("1800.00", "1850.00"))}
PAID |= {Month(2025, 12): PayElements(tib=Money.parse("1800.00"), ri=Money.parse("100.00"), sft=Money.parse("91.25"))}
FEBRUARY = Period(date(2026, 2, 1), date(2026, 2, 28))


def test_what_the_rules_give_stands_beside_what_was_notified() -> None:
    """The whole gross of three months, each known, less levies; of an accident the month before, of the SFT all."""
    found = expected(notified("20.00", FEBRUARY), PAID, BOOK)
    assert found is not None
    amount, trace = found
    assert (str(amount), trace.inputs["gross"]) == ("28.84", Money.parse("30.91"))  # 5 641.25 / 91.25 × 50 %
    assert expected(notified("20.00", FEBRUARY), {month: PAID[month] for month in list(PAID)[1:]}, BOOK) is None
    assert expected(replace(notified("20.00", FEBRUARY), stop=None), PAID, BOOK) is None
    kinds = [
        expected(notified("1.00", days, kind), PAID, BOOK)
        for kind, days in (
            (AllowanceKind.SPECIAL, FEBRUARY),
            (AllowanceKind.ACCIDENT, Period(Y2026, Y2026 + timedelta(days=27))),
            (AllowanceKind.ACCIDENT, Period(Y2026 + timedelta(days=28), None)),
        )
    ]
    assert [str(one and one[0]) for one in kinds] == ["30.41", "36.64", "48.86"]


def test_more_than_the_rules_give_is_doubtful_whatever_the_kind() -> None:
    for kind, most in (
        (AllowanceKind.SICKNESS, "28.84"),
        (AllowanceKind.SPECIAL, "30.41"),
        (AllowanceKind.ACCIDENT, "48.86"),
    ):
        assert all_doubts(notified(most, FEBRUARY, kind), (), PAID, BOOK) == ()
        more = replace(notified(most, FEBRUARY, kind), daily=Money.parse(most) + Money(1))
        assert all_doubts(more, (), PAID, BOOK) == (Doubt.ABOVE_EXPECTED,)
    assert all_doubts(notified("60.00", FEBRUARY), (), PAID, BOOK) == (Doubt.ABOVE_CAP,), "which says it already"
    assert all_doubts(notified("60.00", FEBRUARY, AllowanceKind.ACCIDENT), (), {}, BOOK) == ()
    assert all_doubts(replace(notified("60.00", FEBRUARY), stop=None), (), PAID, BOOK) is None
    of_old = Period(date(1990, 2, 1), date(1990, 2, 28))
    assert all_doubts(replace(notified("60.00", of_old), stop=Stop(of_old.start)), (), PAID, BOOK) is None


def test_days_that_other_notifications_pay_count_towards_what_three_years_allow() -> None:
    """360 days; those of an ALD have a time of their own, three years from date to date."""
    year = notified("20.00", Period(date(2025, 2, 1), date(2026, 1, 25)))  # 359 days
    two = notified("20.00", Period(date(2026, 2, 1), date(2026, 2, 2)))
    assert all_doubts(two, (), {}, BOOK) == ()
    assert all_doubts(two, (year,), {}, BOOK) == (Doubt.BEYOND_DURATION,)
    assert all_doubts(two, (replace(year, kind=AllowanceKind.ACCIDENT),), {}, BOOK) == ()
    ald = Stop(date(2025, 1, 1), (), waiting_waived=True, long_illness=True)
    assert all_doubts(two, (replace(year, stop=ald),), {}, BOOK) == ()
    assert all_doubts(replace(two, stop=ald), (year,), {}, BOOK) == ()
    last = Period(date(2027, 12, 31), date(2027, 12, 31))
    assert all_doubts(replace(two, stop=ald, period=last), (), {}, BOOK) == ()
    after = Period(date(2027, 12, 31), date(2028, 1, 1))
    assert all_doubts(replace(two, stop=ald, period=after), (), {}, BOOK) == (Doubt.BEYOND_DURATION,)


def test_the_regime_special_adds_the_whole_sft_outside_the_cap() -> None:
    assert str(special(HIGH, Money.parse("91.25"), Y2026, BOOK)) == "44.95"  # 41.95 + 3.00


@pytest.mark.parametrize(("day", "daily"), [(1, "60.00"), (28, "60.00"), (29, "80.00"), (300, "80.00")])
def test_an_accident_pays_more_from_the_twenty_ninth_day(day: int, daily: str) -> None:
    assert str(accident(Money.parse("100.00"), day, Y2026, BOOK)) == daily


@pytest.mark.parametrize(("group", "monthly"), [(1, "1201.50"), (2, "2002.50"), (3, "2803.50")])
def test_the_ait_is_capped_by_group(group: int, monthly: str) -> None:
    """G14; group 3 is group 2 and 40 %."""
    assert str(monthly_amount(group, HIGH, Money(0), Y2026, BOOK)) == monthly
    assert monthly_amount(group, HIGH, Money(500), Y2026, BOOK) == Money.parse(monthly) + Money(500)


def test_an_ait_below_its_cap_is_a_share_of_pay() -> None:
    assert str(monthly_amount(1, Money.parse("2000.00"), Money(0), Y2026, BOOK)) == "600.00"


@pytest.mark.parametrize(("rate", "monthly"), [("0.59", "701.75"), ("0.60", "1000.00")])
def test_a_cnracl_pension_has_a_floor_from_sixty_per_cent_on(rate: str, monthly: str) -> None:
    """G21: 80 quarters of 171 are 35.088 %; half of the pay from a rate of 60 % on."""
    found = cnracl_pension(80, 171, Money.parse("2000.00"), Fraction(rate), day=Y2026, rules=BOOK)
    assert str(found) == monthly


def stop(days: int, **about: object) -> tuple[Stop, Period]:
    return Stop(Y2026, **about), Period(Y2026, Y2026 + timedelta(days=days - 1))  # type: ignore[arg-type]


def test_three_days_wait_and_three_hundred_and_sixty_are_paid() -> None:
    asked, period = stop(400)
    paid = paid_days(asked, period, BOOK)
    assert (paid[0], len(paid)) == (Y2026 + timedelta(days=3), 360)
    assert doubts(AllowanceKind.SICKNESS, period, Money(3_000), asked, BOOK) == (
        Doubt.IN_WAITING_DAYS,
        Doubt.BEYOND_DURATION,
    )


def test_a_waived_wait_pays_from_the_first_day() -> None:
    asked, period = stop(10, waiting_waived=True)
    assert paid_days(asked, period, BOOK) == list(period)
    assert doubts(AllowanceKind.SICKNESS, period, Money(3_000), asked, BOOK) == ()


def test_more_than_the_cap_is_doubtful_and_of_other_kinds_nothing_is() -> None:
    asked, period = stop(10, waiting_waived=True)
    assert doubts(AllowanceKind.SICKNESS, period, Money(3_915), asked, BOOK) == (Doubt.ABOVE_CAP,)
    assert doubts(AllowanceKind.SICKNESS, period, Money(3_914), asked, BOOK) == ()
    assert doubts(AllowanceKind.ACCIDENT, period, HIGH, asked, BOOK) == ()


def test_a_day_is_paid_as_soon_as_an_old_one_is_three_years_past() -> None:
    begun = add_years(Y2026, -3)
    asked, period = stop(10, waiting_waived=True, paid_before=[begun + timedelta(days=n) for n in range(1, 361)])
    assert paid_days(asked, period, BOOK) == list(period)[1:]


@pytest.mark.parametrize(("days", "found"), [(363, ()), (364, (Doubt.BEYOND_DURATION,))])
def test_one_day_more_than_is_paid_is_doubtful(days: int, found: tuple[Doubt, ...]) -> None:
    """Three days of waiting, then 360 that are paid."""
    asked, period = stop(days)
    notified = Period(period.start + timedelta(days=3), period.last)
    assert doubts(AllowanceKind.SICKNESS, notified, Money(3_000), asked, BOOK) == found


@looking_at(40)
@given(st.sets(st.integers(1, 1200), max_size=400), st.integers(1, 800))
def test_never_more_than_what_three_years_allow(before: set[int], days: int) -> None:
    asked, period = stop(days, paid_before=[Y2026 - timedelta(days=n) for n in before])
    paid = paid_days(asked, period, BOOK)
    known = sorted([*asked.paid_before, *paid])
    for day in paid:
        window = Period(add_years(day, -3) + ONE_DAY, day)
        assert sum(one in window for one in known) <= 360


@given(st.lists(st.integers(0, 900_000).map(Money), min_size=3, max_size=3), st.dates(Y2026, date(2026, 12, 31)))
def test_an_allowance_never_exceeds_its_cap_nor_half_of_the_pay(salaries: list[Money], start: date) -> None:
    found = sickness(salaries, start, BOOK)
    assert Money(0) <= found <= BOOK.at("ijss.cap_daily", start).money
    assert found <= Money.sum(salaries) * Fraction(1, 182)
