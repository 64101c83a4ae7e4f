"""A notified pension is doubted only where no levy explains it, and never changes what is due."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.money import Money
from kit.rate import Rate
from rules.pay import PayElements
from rules.vocabulary import Regime
from services.claims.domain.invalidity import Invalidity
from services.claims.domain.pension_checks import PensionDoubt, pension_doubts
from tests.services.claims.domain.files import PAY, day
from tests.services.claims.domain.histories import BOOK, looking_at

GENERAL = Regime.CONTRACTUEL_PUBLIC


def doubts(regime: Regime, pension: str, on: str = "2026-01-01", **measures: str) -> tuple[PensionDoubt, ...]:
    rates = {name: Rate.parse(measures[name]) if name in measures else None for name in ("cnracl_rate", "atmp_rate")}
    found = Invalidity(
        day(on), rates["cnracl_rate"], measures.get("ss_category"), rates["atmp_rate"], Money.parse(pension)
    )
    said, traces = pension_doubts(regime, PAY, found, BOOK)
    assert len(said) == len(traces)
    return said


@pytest.mark.parametrize(
    ("pension", "rate", "found"),
    [
        ("0.00", "0.6000", ()),
        ("939.70", "0.6000", (PensionDoubt.BELOW_FLOOR,)),
        ("939.71", "0.6000", ()),
        ("100.00", "0.5900", ()),
        ("3506.49", "0.5900", ()),
        ("3506.50", "0.5900", (PensionDoubt.ABOVE_PAY,)),
    ],
)
def test_a_pension_of_the_cnracl(pension: str, rate: str, found: tuple[PensionDoubt, ...]) -> None:
    """2 067.57 × 50 % less 9.1 % of levies; 2 067.57 + 73.84 + 1 365.08 for a third party."""
    assert doubts(Regime.CNRACL, pension, cnracl_rate=rate) == found


@pytest.mark.parametrize(("category", "most"), [("1", "1201.50"), ("2", "2002.50")])
def test_a_pension_of_the_regime_general(category: str, most: str) -> None:
    """30 % and 50 % of the ceiling of 2026 (G14)."""
    above = str(Money.parse(most) + Money(1))
    assert doubts(GENERAL, most, ss_category=category) == ()
    assert doubts(GENERAL, above, ss_category=category) == (PensionDoubt.ABOVE_CATEGORY,)
    assert doubts(GENERAL, above, ss_category=category, atmp_rate="0.7000") == ()
    assert doubts(GENERAL, above, ss_category="3") == ()


def test_nothing_is_doubted_where_nobody_vouches_for_the_rules() -> None:
    assert doubts(Regime.CNRACL, "9999.00", on="2010-01-01", cnracl_rate="0.8000") == ()


@looking_at(60)
@given(st.integers(1, 400_000), st.integers(60, 100))
def test_what_the_cnracl_pays_is_never_doubted(tib: int, rate: int) -> None:
    """Between the floor and the pay, with or without levies."""
    pay = PayElements(tib=Money(tib))
    for share, levies in (("0.5000", "0.0910"), ("0.5000", "0.0000"), ("1.0000", "0.0000")):
        net = pay.tib * Rate.parse(share)
        net -= net * Rate.parse(levies)
        found = Invalidity(day("2026-01-01"), Rate.parse(f"{rate / 100:.2f}"), None, None, net + Money(1))
        assert PensionDoubt.BELOW_FLOOR not in pension_doubts(Regime.CNRACL, pay, found, BOOK)[0]
