from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from kit.money import Money
from kit.period import ONE_DAY, Month
from kit.rate import Rate
from rules.pay import PayElements
from rules.vocabulary import Category, Regime
from services.claims.domain.annuity import ENDLESS, Annuity, Revaluation, Run, annuity_of
from services.claims.domain.case import Case, situation_of
from services.claims.domain.invalidity import Invalidity
from services.claims.domain.leave import Person
from services.claims.domain.reference import Insured, ReferencePay
from tests.services.claims.domain.histories import BOOK
from tests.services.claims.simulator import TERMS

START = date(2028, 1, 1)
PENSION = Money(90_000)
RATES = st.integers(0, 500).map(lambda n: Rate.parse(f"0.{n:04d}"))
SHARES = st.integers(0, 100).map(lambda n: Rate.parse("1" if n == 100 else f"0.{n:02d}"))


def annuity(rate: str | Rate, run: Run, pension: Money = PENSION) -> Annuity:
    """The agent of rulebook G30, whose target is 1 846.93."""
    pay = PayElements(tib=Money(206_757), nbi=Money(7_384), ri=Money(30_000))
    insured = Insured(Regime.CNRACL, Category.C, date(1975, 3, 1))
    case = Case(Person(Regime.CNRACL, date(2005, 9, 1)), insured, TERMS, ReferencePay(Month(2026, 1), pay))
    invalidity = Invalidity(START, Rate.parse(rate) if isinstance(rate, str) else rate, None, None, pension)
    return annuity_of(situation_of(case, BOOK), invalidity, BOOK, run)


def raised(*steps: tuple[str, str]) -> tuple[Revaluation, ...]:
    return tuple(Revaluation(date.fromisoformat(day), Rate.parse(rate)) for day, rate in steps)


def test_each_first_of_july_raises_what_was_raised_before() -> None:
    """Décret 2022-581: 946.93 × 1.02, then × 1.01 of the exact amount, each rounded once."""
    found = annuity("0.5000", Run(None, raised(("2029-07-01", "0.01"), ("2028-07-01", "0.02"))))
    assert [(str(s.start), str(s.monthly)) for s in found.steps] == [("2028-07-01", "965.87"), ("2029-07-01", "975.53")]
    assert str(found.monthly) == "946.93"


def test_one_of_before_the_annuity_or_after_its_end_raises_nothing() -> None:
    run = Run(date(2028, 12, 31), raised(("2027-07-01", "0.02"), ("2029-07-01", "0.02")))
    assert annuity("0.5000", run).steps == ()


def test_one_of_the_last_day_raises_and_one_of_the_first_does_not() -> None:
    last = Run(date(2028, 7, 1), raised((START.isoformat(), "0.02"), ("2028-07-01", "0.02")))
    assert [str(step.start) for step in annuity("0.5000", last).steps] == ["2028-07-01"]


def test_an_annuity_of_nothing_is_raised_to_nothing() -> None:
    assert annuity("0.5000", Run(None, raised(("2028-07-01", "0.02"))), Money(300_000)).steps == ()


@given(SHARES, st.lists(RATES, max_size=4), st.integers(0, 250_000).map(Money))
def test_with_the_pensions_it_never_exceeds_the_raised_target(rate: Rate, rates: list[Rate], pension: Money) -> None:
    run = Run(None, tuple(Revaluation(date(2028 + n, 7, 1), rate_) for n, rate_ in enumerate(rates)))
    found = annuity(rate, run, pension)
    target, index = Money(184_693), Rate.parse("1").value
    for step, one in zip(found.steps, rates, strict=False):
        index *= 1 + one.value
        assert step.monthly + pension <= Money.rounded(target.euros * index) or not step.monthly
        assert step.monthly >= Money(0)


@given(SHARES, st.lists(RATES, min_size=1, max_size=4))
def test_it_never_falls_by_a_revaluation(rate: Rate, rates: list[Rate]) -> None:
    run = Run(None, tuple(Revaluation(date(2028 + n, 7, 1), one) for n, one in enumerate(rates)))
    found = annuity(rate, run)
    amounts = [found.monthly, *(step.monthly for step in found.steps)]
    assert amounts == sorted(amounts)


@given(SHARES)
def test_where_it_ends_changes_no_amount(rate: Rate) -> None:
    ends = annuity(rate, Run(START + ONE_DAY))
    assert (ends.full, ends.monthly, ends.decree_floor) == (
        (forever := annuity(rate, ENDLESS)).full,
        forever.monthly,
        forever.decree_floor,
    )
