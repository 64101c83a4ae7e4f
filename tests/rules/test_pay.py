import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.money import Money
from kit.period import Month
from rules.book import NoValueAt, RuleBook
from rules.errors import CategoryRequired, TppAboveRi, TppNotApplicable
from rules.pay import PayElements, withheld_tpp
from rules.vocabulary import FONCTIONNAIRES, Category, PayElement, Regime

BOOK = RuleBook.load()
JANUARY = Month(2026, 1)
OTHERS = sorted(set(Regime) - FONCTIONNAIRES)


def euros(text: str) -> Money:
    return Money.parse(text)


G30 = PayElements(tib=euros("2067.57"), nbi=euros("73.84"), ri=euros("300.00"))


def test_g30_the_monthly_amount_of_the_category_leaves_the_gross() -> None:
    after = G30.after_tpp(Regime.CNRACL, Category.C, JANUARY, BOOK)
    assert (after.tpp, after.ri, after.total) == (euros("13.92"), euros("286.08"), euros("2427.49"))
    assert (after.tib, after.nbi) == (G30.tib, G30.nbi)


@pytest.mark.parametrize(("category", "amount"), [("A", "32.42"), ("B", "23.17"), ("C", "13.92")])
def test_g22_the_three_categories(category: str, amount: str) -> None:
    found = withheld_tpp(G30, Regime.IRCANTEC_FONCTIONNAIRE, Category(category), JANUARY, BOOK)
    assert found.amount == euros(amount)
    assert found.trace.reference == BOOK.at(f"tpp.monthly.{category}", JANUARY.first).reference


def test_it_never_exceeds_the_ri() -> None:
    little = PayElements(tib=euros("2000"), ri=euros("10.00"))
    assert little.after_tpp(Regime.CNRACL, Category.A, JANUARY, BOOK).ri == Money.zero()


def test_a_given_amount_is_taken_as_it_is_up_to_the_ri() -> None:
    given = PayElements(tib=euros("2000"), ri=euros("20.00"), tpp=euros("20.00"))
    assert given.after_tpp(Regime.CNRACL, Category.C, JANUARY, BOOK).tpp == euros("20.00")
    nothing = PayElements(tib=euros("2000"), ri=euros("20.00"), tpp=Money.zero())
    assert nothing.after_tpp(Regime.CNRACL, Category.C, JANUARY, BOOK).ri == euros("20.00")
    with pytest.raises(TppAboveRi) as caught:
        withheld_tpp(PayElements(ri=euros("19.99"), tpp=euros("20.00")), Regime.CNRACL, Category.C, JANUARY, BOOK)
    assert caught.value.pointer == "/pay/tpp"


def test_a_fonctionnaire_with_ri_needs_a_category_even_when_the_amount_is_given() -> None:
    for tpp in (None, euros("5.00")):
        with pytest.raises(CategoryRequired):
            withheld_tpp(PayElements(ri=euros("300"), tpp=tpp), Regime.CNRACL, None, JANUARY, BOOK)
    assert withheld_tpp(PayElements(tib=euros("2000")), Regime.CNRACL, None, JANUARY, BOOK).amount == Money.zero()


@pytest.mark.parametrize("regime", OTHERS)
def test_only_fonctionnaires_have_one(regime: Regime) -> None:
    assert G30.after_tpp(regime, None, JANUARY, BOOK).total == G30.total
    with pytest.raises(TppNotApplicable):
        withheld_tpp(PayElements(ri=euros("300"), tpp=euros("1")), regime, None, JANUARY, BOOK)


def test_before_its_first_year_there_is_no_amount() -> None:
    with pytest.raises(NoValueAt):
        withheld_tpp(G30, Regime.CNRACL, Category.C, Month(2016, 12), BOOK)
    assert withheld_tpp(G30, Regime.CNRACL, Category.B, Month(2016, 12), BOOK).amount == euros("23.17")


def test_every_element_has_its_amount_and_all_is_their_sum() -> None:
    pay = PayElements(*(Money(10**n) for n in range(6)))
    singles = [pay.of(element) for element in PayElement if element is not PayElement.ALL]
    assert sorted(m.cents for m in singles) == [10**n for n in range(6)]
    assert pay.of(PayElement.ALL) == pay.total == Money(111111)


cents = st.integers(0, 10**7).map(Money)


@given(ri=cents, given_tpp=st.none() | cents, category=st.sampled_from(Category), regime=st.sampled_from(Regime))
def test_what_is_withheld_lies_between_zero_and_the_ri(
    ri: Money, given_tpp: Money | None, category: Category, regime: Regime
) -> None:
    pay = PayElements(ri=ri, tpp=given_tpp)
    try:
        after = pay.after_tpp(regime, category, JANUARY, BOOK)
    except (TppAboveRi, TppNotApplicable):
        assert given_tpp
        assert given_tpp > ri or regime not in FONCTIONNAIRES
        return
    assert after.tpp is not None
    assert Money.zero() <= after.tpp <= ri
    assert after.ri + after.tpp == ri
