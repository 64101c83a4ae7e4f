from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.money import Money
from kit.period import Month
from kit.rate import Rate
from rules.pay import PayElements
from rules.vocabulary import Category, Regime
from services.claims.domain.reference import Insured, ReferencePay, References, own_contribution, reference_of
from services.claims.domain.terms import AgentContribution
from tests.services.claims.domain.histories import BOOK
from tests.services.claims.simulator import TERMS

MONEY = st.integers(0, 500_000).map(Money)
PAYS = st.builds(PayElements, tib=MONEY, nbi=MONEY, ri=MONEY, tpp=st.just(Money.zero()))
REGIMES = st.sampled_from([Regime.CNRACL, Regime.IRCANTEC_FONCTIONNAIRE, Regime.CONTRACTUEL_PUBLIC])


@given(REGIMES, st.sampled_from(Category), PAYS, st.sampled_from([Month(2025, 3), Month(2026, 1)]))
def test_a_reference_found_again_is_the_same_and_reads_the_same_law(
    regime: Regime, category: Category, pay: PayElements, month: Month
) -> None:
    insured, paid = Insured(regime, category), ReferencePay(month, pay)
    alone, once, again = (BOOK.recorder() for _ in range(3))
    expected = reference_of(insured, paid, TERMS, alone)
    known = References()
    assert [known.of(insured, paid, TERMS, law) for law in (once, again)] == [expected] * 2
    assert alone.snapshot() == once.snapshot() == again.snapshot()


@pytest.mark.parametrize(
    ("month", "own"), [(Month(2025, 12), "10.00"), (Month(2026, 1), "20.00"), (Month(2026, 6), "20.00")]
)
def test_what_the_agent_pays_is_by_the_rate_of_the_first_day(month: Month, own: str) -> None:
    rates = (("2025-01-01", "0.01"), ("2026-01-01", "0.02"), ("2026-06-15", "0.03"))
    begun = tuple(
        AgentContribution(date.fromisoformat(day), Rate.parse(rate), Rate.parse("0.5")) for day, rate in rates
    )
    terms = replace(TERMS, income=replace(TERMS.income, contributions=begun))
    pay = PayElements(tib=Money(200_000))
    assert str(own_contribution(terms, Regime.CNRACL, pay, month)) == own


def test_another_pay_is_another_reference() -> None:
    known, insured = References(), Insured(Regime.CNRACL, Category.C)
    nets = [
        known.of(insured, ReferencePay(Month(2026, 1), PayElements(tib=Money(tib))), TERMS, BOOK).target
        for tib in (200_000, 210_000)
    ]
    assert nets[0] < nets[1]
