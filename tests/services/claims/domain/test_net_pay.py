from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kit.money import Money
from kit.period import Month
from rules.book import NoValueAt, RuleBook
from rules.pay import PayElements
from rules.vocabulary import Category, Regime
from services.claims.domain.errors import RegimeNotSimulated
from services.claims.domain.net_pay import Gross, LineCode, net_pay, payslip

BOOK = RuleBook.load()
MONTH = Month(2026, 1)
PUBLIC = [Regime.CNRACL, Regime.IRCANTEC_FONCTIONNAIRE, Regime.CONTRACTUEL_PUBLIC]
MONEY = st.integers(0, 2_000_000).map(Money)
PAYS = st.builds(PayElements, tib=MONEY, nbi=MONEY, ri=MONEY, sft=MONEY, ir=MONEY)


@given(st.sampled_from(PUBLIC), st.sampled_from(Category), PAYS)
def test_net_is_gross_less_contributions_and_loses_no_cent(
    regime: Regime, category: Category, pay: PayElements
) -> None:
    found = net_pay(MONTH, regime, category, pay, BOOK)
    withheld = [line for line in found.lines if line.code is not LineCode.TPP]
    assert found.net == found.gross - Money.sum(line.amount for line in withheld)
    tpp = Money.sum(line.amount for line in found.lines if line.code is LineCode.TPP)
    assert found.gross == pay.total + tpp
    assert all(line.base * line.rate == line.amount for line in withheld if line.base and line.rate)


@given(st.sampled_from(PUBLIC), st.sampled_from(Category), PAYS)
def test_lines_come_once_in_their_order_and_none_is_zero(regime: Regime, category: Category, pay: PayElements) -> None:
    found = net_pay(MONTH, regime, category, pay, BOOK)
    codes = [line.code for line in found.lines]
    assert codes == [code for code in LineCode if code in codes]
    assert all(line.amount for line in found.lines)


@given(st.sampled_from(PUBLIC), st.sampled_from(Category), PAYS, MONEY, MONEY)
def test_sft_and_ir_are_in_neither_net_of_reference(
    regime: Regime, category: Category, pay: PayElements, sft: Money, ir: Money
) -> None:
    other = PayElements(tib=pay.tib, nbi=pay.nbi, ri=pay.ri, sft=sft, ir=ir)
    one, two = (net_pay(MONTH, regime, category, p, BOOK) for p in (pay, other))
    assert (one.net_tib_nbi, one.net_ri) == (two.net_tib_nbi, two.net_ri)


@given(st.sampled_from(PUBLIC), st.sampled_from(Category), MONEY, MONEY, st.integers(1, 100_000))
def test_more_pay_never_nets_less(regime: Regime, category: Category, tib: Money, ri: Money, more: int) -> None:
    assume(more > 20)  # below, roundings of seven lines outweigh the rise
    less = net_pay(MONTH, regime, category, PayElements(tib=tib, ri=ri), BOOK)
    higher = net_pay(MONTH, regime, category, PayElements(tib=tib + Money(more), ri=ri), BOOK)
    assert higher.net >= less.net


@given(st.sampled_from(PUBLIC), MONEY, MONEY)
def test_without_bonuses_the_net_of_bonuses_is_zero(regime: Regime, tib: Money, nbi: Money) -> None:
    found = net_pay(MONTH, regime, None, PayElements(tib=tib, nbi=nbi), BOOK)
    assert found.net_ri == Money.zero()
    assert found.net == found.net_tib_nbi


def test_only_the_parameters_of_lines_that_exist_are_read() -> None:
    recorder = BOOK.recorder()
    net_pay(MONTH, Regime.CNRACL, None, PayElements(tib=Money(200_000)), recorder)
    read = {value.id for value in recorder.used}
    assert "cnracl.employee.tib" in read
    assert not read & {"cnracl.employee.nbi", "rafp.employee.rate", "vieillesse.capped.rate", "tpp.monthly.C"}


def test_no_pay_needs_no_parameter() -> None:
    recorder = BOOK.recorder()
    found = net_pay(Month(1950, 1), Regime.CONTRACTUEL_PUBLIC, None, PayElements(), recorder)
    assert (found.net, found.lines, recorder.used) == (Money.zero(), (), [])


@pytest.mark.parametrize("month", [Month(2019, 12), Month(2023, 12), Month(1990, 1)])
def test_a_month_before_a_known_value_is_refused(month: Month) -> None:
    with pytest.raises(NoValueAt):
        net_pay(month, Regime.CNRACL, None, PayElements(tib=Money(200_000)), BOOK)


def test_private_law_is_refused() -> None:
    with pytest.raises(RegimeNotSimulated):
        net_pay(MONTH, Regime.PRIVATE_LAW, None, PayElements(), BOOK)


def test_a_share_of_a_cent_is_kept_until_the_base_is_rounded() -> None:
    found = payslip(Gross(Fraction(100_000), Fraction(0), Fraction(1, 2)), Regime.CNRACL, MONTH, BOOK)
    assert found.net.denominator == 2
    assert all(line.base is not None for line in found.lines)


def test_the_trace_names_each_rule_and_its_reference() -> None:
    pay = PayElements(Money(206_757), Money(7_384), Money(30_000))
    trace = net_pay(MONTH, Regime.CNRACL, Category.C, pay, BOOK).trace.json()
    by_rule = {step["rule"]: step for step in trace["steps"]}
    assert by_rule["cnracl.employee.tib"]["inputs"] == {"base": "2067.57", "rate": "0.1110"}
    assert by_rule["cnracl.employee.tib"]["result"] == "229.50"
    law = BOOK.at("cnracl.employee.tib", date(2026, 1, 1))
    assert by_rule["cnracl.employee.tib"]["reference"] == law.reference
    assert by_rule["net.tib_nbi"]["result"] == "1699.63"


def test_rafp_is_on_bonuses_family_supplement_and_residence_allowance_together() -> None:
    pay = PayElements(tib=Money(200_000), ri=Money(10_000), sft=Money(5_000), ir=Money(2_000), tpp=Money.zero())
    lines = net_pay(MONTH, Regime.CNRACL, Category.C, pay, BOOK).lines
    assert next(line.base for line in lines if line.code is LineCode.RAFP) == Money(17_000)
