"""A notified pension is doubted only where no levy explains it, and never changes what is due."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.money import Money
from kit.rate import Rate
from rules.book import RuleBook
from rules.pay import PayElements
from rules.vocabulary import Category, Regime
from services.claims.domain.invalidity import Invalidity
from services.claims.domain.pension_checks import PensionDoubt, pension_doubts
from services.claims.domain.reference import Insured
from tests.services.claims.domain.files import PAY, day
from tests.services.claims.domain.histories import BOOK, looking_at

GENERAL = Regime.CONTRACTUEL_PUBLIC


def doubts(
    regime: Regime,
    pension: str,
    on: str = "2026-01-01",
    law: RuleBook = BOOK,
    born: str = "1975-03-01",
    **measures: str,
) -> tuple[PensionDoubt, ...]:
    rates = {name: Rate.parse(measures[name]) if name in measures else None for name in ("cnracl_rate", "atmp_rate")}
    found = Invalidity(
        day(on), rates["cnracl_rate"], measures.get("ss_category"), rates["atmp_rate"], Money.parse(pension)
    )
    insured = Insured(regime, Category.C, day(born) if born else None)
    said, traces = pension_doubts(insured, PAY, found, law)
    assert len(said) == len(traces)
    return said


def told(rule_id: str, text: str) -> RuleBook:
    """The law, but for what one rule says."""
    return BOOK.replacing(rule_id, text, BOOK.at(rule_id, day("2026-01-01")).start)


@pytest.mark.parametrize(
    ("pension", "rate", "found"),
    [
        ("0.00", "0.6000", ()),
        ("939.70", "0.6000", (PensionDoubt.BELOW_FLOOR,)),
        ("939.71", "0.6000", ()),
        ("100.00", "0.5900", ()),
        ("2141.41", "0.5900", ()),
        ("2141.42", "0.5900", (PensionDoubt.WITH_THIRD_PARTY,)),
        ("3506.49", "0.5900", (PensionDoubt.WITH_THIRD_PARTY,)),
        ("3506.50", "0.5900", (PensionDoubt.ABOVE_PAY,)),
    ],
)
def test_a_pension_of_the_cnracl(pension: str, rate: str, found: tuple[PensionDoubt, ...]) -> None:
    """2 067.57 × 50 % less 9.1 % of levies; 2 067.57 + 73.84, and 1 365.08 for a third party."""
    assert doubts(Regime.CNRACL, pension, cnracl_rate=rate) == found


@pytest.mark.parametrize(
    ("atmp_rate", "most"), [("0.0900", "2141.41"), ("0.1000", "2264.48"), ("0.6667", "2961.91"), ("1.0000", "3372.10")]
)
def test_an_ati_comes_beside_the_pension(atmp_rate: str, most: str) -> None:
    """1 230.69 × the rate of the accident, from 10 % on."""
    above = str(Money.parse(most) + Money(1))
    found = [doubts(Regime.CNRACL, net, cnracl_rate="0.5900", atmp_rate=atmp_rate) for net in (most, above)]
    assert found == [(), (PensionDoubt.WITH_THIRD_PARTY,)]
    before = RuleBook({rule.id: rule for rule in BOOK if rule.id != "ati.from_rate"})
    assert doubts(Regime.CNRACL, "2141.42", law=before, cnracl_rate="0.5900", atmp_rate=atmp_rate) != ()


@pytest.mark.parametrize(("category", "most"), [("1", "1201.50"), ("2", "2002.50")])
def test_a_pension_of_the_regime_general(category: str, most: str) -> None:
    """30 % and 50 % of the ceiling of 2026 (G14)."""
    above = str(Money.parse(most) + Money(1))
    assert doubts(GENERAL, most, ss_category=category) == ()
    assert doubts(GENERAL, above, ss_category=category) == (PensionDoubt.ABOVE_CATEGORY,)
    assert doubts(GENERAL, above, ss_category=category, atmp_rate="0.7000") == ()


def test_what_helps_a_third_category_is_kept_apart_unless_a_rule_deducts_it() -> None:
    """The pension of category 3 is that of category 2; nobody vouches for what comes with it."""
    assert doubts(GENERAL, "2002.50", ss_category="3") == ()
    assert doubts(GENERAL, "2002.51", ss_category="3") == (PensionDoubt.WITH_THIRD_PARTY,)
    deducted = told("invalidity.third_party", "DEDUCTED")
    assert doubts(GENERAL, "2002.51", law=deducted, ss_category="3") == ()
    assert doubts(Regime.CNRACL, "3506.49", law=deducted, cnracl_rate="0.5900") == ()


@pytest.mark.parametrize(("on", "found"), [("2027-11-30", ()), ("2027-12-01", (PensionDoubt.AFTER_LEGAL_AGE,))])
def test_no_pension_of_the_regime_general_begins_at_the_legal_age(on: str, found: tuple[PensionDoubt, ...]) -> None:
    """Born in March 1965: 62 years and 9 months (CSS L. 161-17-2, L. 341-15)."""
    assert doubts(GENERAL, "900.00", on, born="1965-03-01", ss_category="2") == found
    assert doubts(GENERAL, "900.00", on, born="1965-03-01", atmp_rate="0.7000") == ()
    assert doubts(GENERAL, "900.00", on, born="", ss_category="2") == ()
    assert doubts(Regime.CNRACL, "1000.00", on, born="1965-03-01", cnracl_rate="0.7000") == ()
    assert doubts(GENERAL, "900.00", on, told("invalidity.ss.until", "DEATH"), "1965-03-01", ss_category="2") == ()


def test_nothing_is_doubted_where_nobody_vouches_for_the_rules() -> None:
    assert doubts(Regime.CNRACL, "9999.00", on="2010-01-01", cnracl_rate="0.8000") == ()
    assert doubts(GENERAL, "9999.00", on="2010-01-01", ss_category="2") == ()


@looking_at(60)
@given(st.integers(1, 400_000), st.integers(60, 100))
def test_what_the_cnracl_pays_is_never_doubted(tib: int, rate: int) -> None:
    """Between the floor and the pay, with or without levies."""
    pay = PayElements(tib=Money(tib))
    for share, levies in (("0.5000", "0.0910"), ("0.5000", "0.0000"), ("1.0000", "0.0000")):
        net = pay.tib * Rate.parse(share)
        net -= net * Rate.parse(levies)
        found = Invalidity(day("2026-01-01"), Rate.parse(f"{rate / 100:.2f}"), None, None, net + Money(1))
        assert PensionDoubt.BELOW_FLOOR not in pension_doubts(Insured(Regime.CNRACL), pay, found, BOOK)[0]
