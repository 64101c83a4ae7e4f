from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from kit.money import Money
from kit.period import Month
from rules.pay import PayElements
from rules.vocabulary import Regime
from services.claims.domain.reference_pay import months_needed, reference_from
from tests.services.claims.domain.histories import BOOK

JUNE, JULY = Month(2023, 6), Month(2023, 7)
MONEY = st.integers(0, 600_000).map(Money)
PAYS = st.builds(PayElements, tib=MONEY, nbi=MONEY, ri=MONEY)
TODAY = date(2026, 2, 1)


def test_pay_of_before_a_rise_of_the_point_is_revalued() -> None:
    """58.2004 → 59.0734 on 1 July 2023 (rulebook §0, §3.3); the RI does not follow the point."""
    pay = {JUNE: PayElements(tib=Money(100_000), nbi=Money(10_000), ri=Money(20_000))}
    found = reference_from([JUNE], pay, JULY.first, BOOK).given
    assert found is not None
    assert (found.pay.tib, found.pay.nbi, found.pay.ri) == (Money(101_500), Money(10_150), Money(20_000))
    same = reference_from([JUNE], pay, JUNE.last, BOOK)
    assert same.given is not None
    assert same.given.pay == pay[JUNE]


def test_a_month_without_pay_is_awaited_and_no_month_is_none() -> None:
    assert reference_from([JULY, JUNE], {JULY: PayElements()}, TODAY, BOOK).month == JUNE
    assert reference_from([], {}, TODAY, BOOK).month is None


def test_only_contractuels_are_averaged() -> None:
    assert {regime: months_needed(regime, TODAY, BOOK) for regime in Regime} == {
        Regime.CNRACL: 1,
        Regime.IRCANTEC_FONCTIONNAIRE: 1,
        Regime.CONTRACTUEL_PUBLIC: 3,
        Regime.PRIVATE_LAW: 1,
    }


@given(st.lists(PAYS, min_size=1, max_size=3))
def test_an_average_lies_between_the_months(pays: list[PayElements]) -> None:
    months = [Month(2026, 1).plus(-n) for n in range(len(pays))]
    found = reference_from(months, dict(zip(months, pays, strict=True)), TODAY, BOOK).given
    assert found is not None
    for name in ("tib", "nbi", "ri"):
        amounts = [getattr(pay, name) for pay in pays]
        assert min(amounts) <= getattr(found.pay, name) <= max(amounts)


@given(PAYS)
def test_the_average_of_equal_months_is_that_month(pay: PayElements) -> None:
    months = [Month(2026, 1), Month(2025, 12), Month(2025, 11)]
    found = reference_from(months, dict.fromkeys(months, pay), TODAY, BOOK).given
    assert found is not None
    assert found.pay == pay
