"""Part-time work and the pay that revives when its authorisation ends (décret 2004-777 art. 9)."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.period import Month, Period, cut
from kit.rate import Rate
from rules.vocabulary import LeaveKind, Regime
from services.claims.domain.part_time import FULL_TIME, PartTime, revival, share_of_full_time
from services.claims.domain.proposal import propose
from tests.services.claims.domain.files import SECOND, employed, entry, file, leave, paid
from tests.services.claims.domain.histories import BOOK, looking_at

FIRST = date(2025, 1, 1)
DAYS = st.integers(0, 700).map(lambda n: FIRST + timedelta(days=n))
QUOTITIES = st.sampled_from(["0.5000", "0.6000", "0.7000", "0.8000", "0.9000"]).map(Rate.parse)


@st.composite
def authorisations(draw: st.DrawFn) -> tuple[PartTime, ...]:
    """Up to three, one after the other, with or without days of full time between them."""
    days = sorted(draw(st.sets(DAYS, min_size=6, max_size=6)))
    spans = [Period(days[n], days[n + 1]) for n in range(0, 6, 2)][: draw(st.integers(0, 3))]
    return tuple(PartTime(span, draw(QUOTITIES)) for span in spans)


@looking_at(60)
@given(authorisations(), DAYS, st.integers(0, 400))
def test_a_period_is_cut_where_the_share_changes_and_nowhere_else(
    held: tuple[PartTime, ...], start: date, length: int
) -> None:
    period = Period(start, start + timedelta(days=length))
    parts = list(cut(period, [one.period for one in held]))
    assert [one for part in parts for one in part] == list(period)
    for part in parts:
        assert len({share_of_full_time(held, one, BOOK) for one in part}) == 1


@looking_at(60)
@given(authorisations(), DAYS)
def test_pay_never_falls_below_that_of_the_reference_month(held: tuple[PartTime, ...], on: date) -> None:
    reference = Month(2025, 3)
    found = revival(held, reference, on, BOOK)
    assert found >= FULL_TIME
    assert found * share_of_full_time(held, reference.last, BOOK) <= max(
        FULL_TIME, share_of_full_time(held, reference.last, BOOK)
    )


def test_quotities_of_eighty_and_ninety_per_cent_are_paid_more_than_they_are_worked() -> None:
    shares = {
        text: share_of_full_time((PartTime(Period(FIRST), Rate.parse(text)),), FIRST, BOOK) for text in ("0.80", "0.90")
    }
    assert shares == {"0.80": Fraction(6, 7), "0.90": Fraction(32, 35)}


@pytest.mark.parametrize(("regime", "month"), [(Regime.CNRACL, "2026-02"), (Regime.IRCANTEC_FONCTIONNAIRE, "2026-01")])
def test_a_month_of_therapeutic_part_time_is_a_reference_of_the_cnracl_only(regime: Regime, month: str) -> None:
    """Elsewhere its pay is that of the hours worked (rulebook §1.1): the last month of full hours before it stands."""
    therapeutic = leave(entry("2026-02-01", "2026-02-28", LeaveKind.TPT), id=SECOND)
    known = file(
        employments=(employed(regime=regime),),
        leaves=(therapeutic, leave(entry("2026-03-02", "2026-08-31", waiting=0))),
        pay=paid("2026-01", "2026-02"),
    )
    (claim,) = propose(known, BOOK).claims
    assert str(claim.reference.month) == month
