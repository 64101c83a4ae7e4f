from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.money import Money
from kit.period import Month, Period
from kit.rate import Rate
from rules.book import RuleBook
from rules.pay import PayElements
from rules.vocabulary import Category, Guarantee, LeaveKind, Leg, PayElement, Regime
from services.claims.domain.benefits import Alert, MonthBenefit
from services.claims.domain.capitals import Death, DeathKind
from services.claims.domain.case import Case, Decision, decide
from services.claims.domain.errors import BaseUnknown, CnraclRateRequired, GenerationUnknown, NotWholeMonths
from services.claims.domain.invalidity import Invalidity
from services.claims.domain.leave import Entry, Person
from services.claims.domain.legal_age import legal_age_day
from services.claims.domain.reference import Insured, ReferencePay
from services.claims.domain.situation import DailyAllowance, RiMaintained
from services.claims.domain.snapshot import decided, recomputed
from services.claims.domain.statutory import statutory_pay
from services.claims.domain.terms import AnnuityFormula, BenefitTerms
from services.claims.domain.terms_document import read_terms
from tests.services.claims.domain.histories import BOOK, histories, looking_at
from tests.services.claims.simulator import ACCORD, TERMS

MONEY = st.integers(0, 600_000).map(Money)
RATES = st.integers(0, 10_000).map(lambda n: Rate.parse(f"{n // 10_000}.{n % 10_000:04d}"))
ZERO = Money.zero()


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A case on a random history, from 2025 on, when every parameter is known."""
    person, entries = draw(histories())
    shift = timedelta(days=(date(2025, 1, 10) - entries[0].start).days)
    moved = [replace(e, period=Period(e.start + shift, e.end + shift)) for e in entries]
    start = person.service_start
    assert start is not None
    person = replace(person, service_start=start + shift)
    pay = PayElements(tib=draw(MONEY) + Money(100_000), nbi=draw(MONEY), ri=draw(MONEY))
    last = max(entry.end for entry in moved)
    return Case(
        person=person,
        insured=Insured(person.regime, draw(st.sampled_from(Category)), date(1975, 3, 1)),
        terms=TERMS,
        reference=ReferencePay(Month(2025, 1), pay),
        leaves=tuple(moved),
        period=Period(date(2025, 1, 1), Month.of(last).last),
        options=draw(st.frozensets(st.sampled_from(Guarantee))),
        maintenance=draw(st.dictionaries(st.sampled_from(LeaveKind), st.builds(RiMaintained, RATES, RATES))),
        allowances=tuple(draw(st.lists(_allowances(moved), max_size=2))),
    )


def _allowances(entries: list[Entry]) -> st.SearchStrategy[DailyAllowance]:
    return st.builds(
        DailyAllowance, st.sampled_from([entry.period for entry in entries]), st.integers(0, 6_000).map(Money)
    )


@looking_at(80)
@given(cases())
def test_a_benefit_fills_the_gap_and_never_more(case: Case) -> None:
    for month in decide(case, BOOK).months:
        gap = month.target_net - month.statutory_net - month.social_security
        assert month.benefit == gap.floored_at_zero()
        assert ZERO <= month.benefit <= month.target_net
        assert month.statutory_net >= ZERO
        assert month.decree_floor >= ZERO
        assert (Alert.LEGAL_FLOOR_SHORTFALL in month.alerts) == (month.benefit < month.decree_floor)


@looking_at(60)
@given(cases())
def test_months_are_those_with_leave_in_date_order(case: Case) -> None:
    months = [month.month for month in decide(case, BOOK).months]
    expected = sorted({Month.of(day) for entry in case.leaves for day in entry.period})
    assert months == expected


@looking_at(50)
@given(cases())
def test_deciding_month_by_month_is_deciding_all_of_them(case: Case) -> None:
    whole = decide(case, BOOK).months
    for month in whole:
        (alone,) = decide(replace(case, period=month.month.period()), BOOK).months
        assert alone == month


@looking_at(50)
@given(cases())
def test_a_decision_taken_again_from_its_snapshot_has_the_same_bytes(case: Case) -> None:
    case = replace(case, leaves=tuple(replace(entry, pathology_group=None) for entry in case.leaves))
    _, snapshot = decided(case, ACCORD, BOOK)
    assert recomputed(snapshot).bytes() == snapshot.bytes()


@looking_at(40)
@given(cases())
def test_the_trace_is_the_same_each_time(case: Case) -> None:
    assert decide(case, BOOK).trace.json() == decide(case, BOOK).trace.json()


@looking_at(40)
@given(cases())
def test_what_the_employer_keeps_is_never_paid_twice(case: Case) -> None:
    """Keeping more of the RI at half pay can only lower the benefit."""
    kinds = {entry.kind for entry in case.leaves}
    nothing = replace(case, maintenance={})
    everything = replace(case, maintenance=dict.fromkeys(kinds, RiMaintained(Rate.parse("1"), Rate.parse("1"))))
    for less, more in zip(decide(nothing, BOOK).months, decide(everything, BOOK).months, strict=True):
        assert more.benefit <= less.benefit
        assert more.ri_full_pay <= less.ri_full_pay


def agent(regime: Regime = Regime.CNRACL) -> Case:
    """The agent of rulebook G30."""
    pay = PayElements(tib=Money(206_757), nbi=Money(7_384), ri=Money(30_000))
    return Case(
        person=Person(regime, date(2005, 9, 1)),
        insured=Insured(regime, Category.C, date(1975, 3, 1)),
        terms=TERMS,
        reference=ReferencePay(Month(2026, 1), pay),
    )


def with_invalidity(case: Case, **measures: Rate | str | None) -> Decision:
    found = {"cnracl_rate": None, "ss_category": None, "atmp_rate": None, **measures}
    invalidity = Invalidity(date(2028, 1, 1), pension_net=Money(90_000), **found)  # type: ignore[arg-type]
    return decide(replace(case, invalidity=invalidity), BOOK)


@given(RATES, RATES)
def test_an_annuity_grows_with_the_rate_and_stays_below_the_full_one(one: Rate, two: Rate) -> None:
    low, high = sorted((one, two))
    less, more = (with_invalidity(agent(), cnracl_rate=rate).annuity for rate in (low, high))
    assert less is not None
    assert more is not None
    assert ZERO <= less.monthly <= more.monthly <= more.full == less.full


def test_a_formula_without_proration_pays_in_full() -> None:
    annuity = replace(TERMS.income.annuity, formula=AnnuityFormula.FULL_TARGET)
    terms = replace(TERMS, income=replace(TERMS.income, annuity=annuity))
    found = with_invalidity(replace(agent(), terms=terms), cnracl_rate=Rate.parse("0.10")).annuity
    assert found is not None
    assert (found.monthly, found.formula) == (found.full, AnnuityFormula.FULL_TARGET)


def test_a_cnracl_agent_needs_the_rate_of_the_cnracl() -> None:
    with pytest.raises(CnraclRateRequired):
        with_invalidity(agent(), ss_category="2")


def test_an_accord_without_options_pays_none() -> None:
    terms = replace(TERMS, death=None, retirement=None, ri_full_pay=None)
    case = replace(
        agent(),
        terms=terms,
        options=frozenset(Guarantee),
        leaves=(Entry(LeaveKind.CLM, Period(date(2026, 6, 1), date(2026, 6, 30))),),
        period=Month(2026, 6).period(),
        death=Death(date(2026, 7, 1), DeathKind.DEATH),
    )
    found = decide(case, BOOK)
    assert found.capitals == ()
    assert found.months[0].ri_full_pay == ZERO


def test_an_option_is_open_to_its_populations_only() -> None:
    assert TERMS.ri_full_pay is not None
    option = replace(TERMS.ri_full_pay, populations=frozenset({Regime.CONTRACTUEL_PUBLIC}))
    case = replace(
        agent(),
        terms=replace(TERMS, ri_full_pay=option),
        options=frozenset({Guarantee.RI_FULL_PAY}),
        leaves=(Entry(LeaveKind.CLM, Period(date(2026, 6, 1), date(2026, 6, 30))),),
        period=Month(2026, 6).period(),
    )
    assert decide(case, BOOK).months[0].ri_full_pay == ZERO


def test_a_base_before_tpp_keeps_it() -> None:
    (base, *others) = TERMS.bases
    terms = replace(TERMS, bases=(replace(base, after_tpp=False), *others))
    case = replace(
        agent(), terms=terms, options=frozenset({Guarantee.DEATH}), death=Death(date(2026, 7, 1), DeathKind.IAD)
    )
    (capital,) = decide(case, BOOK).capitals
    assert capital.amount == Money.parse("14648.46")  # 6 × (2 067.57 + 73.84 + 300.00)


def test_cover_of_part_of_a_leave_pays_that_part() -> None:
    half = Entry(LeaveKind.CMO, Period(date(2026, 2, 1), date(2026, 6, 30)), 0)
    case = replace(agent(), leaves=(half,), period=Month(2026, 6).period())
    part = replace(case, days=Period(date(2026, 6, 16), date(2026, 6, 30)))
    (whole,), (fortnight,) = decide(case, BOOK).months, decide(part, BOOK).months
    assert fortnight.target_net == whole.target_net * Rate.parse("0.5")


@pytest.mark.parametrize("period", [Period(date(2026, 6, 2), date(2026, 6, 30)), Period(date(2026, 6, 1))])
def test_only_whole_months_are_decided(period: Period) -> None:
    with pytest.raises(NotWholeMonths):
        decide(replace(agent(), period=period), BOOK)


def test_the_accord_reads_as_it_is_written() -> None:
    assert TERMS.income.target == Rate.parse("0.95")
    assert TERMS.death is not None
    assert TERMS.death.share_of_annual_base == Rate.parse("0.5")
    assert TERMS.retirement is not None
    assert TERMS.retirement.flat == Money.parse("20000")
    assert TERMS.ri_full_pay is not None
    assert TERMS.ri_full_pay.leaves == {LeaveKind.CLM, LeaveKind.CLD, LeaveKind.CGM}
    assert TERMS.bases[0].elements == (PayElement.TIB, PayElement.NBI, PayElement.RI)


def test_an_accord_may_hold_the_base_guarantee_alone() -> None:
    guarantees = [{k: v for k, v in g.items() if k != "source"} for g in ACCORD["guarantees"] if g["code"] == "BASE"]
    guarantees[0]["benefit"] = {k: v for k, v in guarantees[0]["benefit"].items() if k != "source"}
    terms = read_terms({**ACCORD, "guarantees": guarantees})
    assert (terms.death, terms.retirement, terms.ri_full_pay) == (None, None, None)
    assert terms.income.source == ""


@pytest.mark.parametrize(
    ("change", "error"),
    [({"guarantees": []}, KeyError), ({"contribution_base": None}, TypeError), ({"version": "x"}, ValueError)],
)
def test_a_document_that_says_too_little_is_no_terms(change: Mapping[str, object], error: type[Exception]) -> None:
    with pytest.raises(error):
        read_terms({**ACCORD, **change})


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        ("pay.thirtieths", "31"),
        ("decree.itt.share_ri", "0.9000"),
        ("leave.half_rate", "0.60"),
        ("cnracl.employee.tib", "0.1200"),
        ("csg.deductible.rate", "0.0700"),
    ],
)
def test_another_law_decides_otherwise(rule: str, value: str) -> None:
    half = Entry(LeaveKind.CMO, Period(date(2026, 2, 1), date(2026, 6, 20)), 0)
    case = replace(agent(), leaves=(half,), period=Month(2026, 6).period())
    (one,), (two,) = decide(case, BOOK).months, decide(case, BOOK.replacing(rule, value)).months
    assert (one.benefit, one.decree_floor) != (two.benefit, two.decree_floor)


def test_an_unpaid_day_of_another_kind_is_no_half_pay() -> None:
    accident = Entry(LeaveKind.AT_MP, Period(date(2026, 1, 1), date(2026, 6, 30)))
    case = replace(agent(Regime.CONTRACTUEL_PUBLIC), leaves=(accident,), period=Month(2026, 6).period())
    (month,) = decide(case, BOOK).months
    assert month.target_net == ZERO
    assert Leg.NONE in {period.leg for period in statutory_pay(case.person, case.leaves, BOOK).periods()}


def test_a_generation_the_table_leaves_out_is_named_and_nothing_is_guessed() -> None:
    day = date(2026, 1, 1)
    table = BOOK.at("retirement.legal_age", day)
    assert legal_age_day(date(1990, 5, 2), day, BOOK)[0] == date(2054, 5, 2)
    oldest = [dict(row) for row in table.rows][:1]
    cut = BOOK.replacing(table.id, json.dumps(oldest), table.start)
    with pytest.raises(GenerationUnknown):
        legal_age_day(date(1990, 5, 2), day, cut)


def test_a_regime_without_a_base_has_no_capital_and_the_reason_is_said() -> None:
    terms = replace(TERMS, bases=())
    died = replace(
        agent(), terms=terms, options=frozenset({Guarantee.DEATH}), death=Death(date(2026, 7, 1), DeathKind.DEATH)
    )
    with pytest.raises(BaseUnknown):
        decide(died, BOOK)


LEAVES_OUT: Final = replace(TERMS, income=replace(TERMS.income, unpaid=frozenset()))


def july(law: RuleBook, terms: BenefitTerms = TERMS, allowances: tuple[DailyAllowance, ...] = ()) -> MonthBenefit:
    """July 2026: fifteen days of a CMO at half pay, and sixteen of a disponibilité."""
    half = Entry(LeaveKind.CMO, Period(date(2026, 2, 1), date(2026, 7, 15)), 0)
    unpaid = Entry(LeaveKind.DO, Period(date(2026, 7, 16), date(2026, 7, 31)))
    pay = PayElements(tib=Money(206_757), nbi=Money(7_384), ri=Money(30_000))
    case = Case(
        person=Person(Regime.CNRACL, date(2005, 9, 1)),
        insured=Insured(Regime.CNRACL, Category.C, date(1975, 3, 1)),
        terms=terms,
        reference=ReferencePay(Month(2026, 1), pay),
        leaves=(half, unpaid),
        period=Month(2026, 7).period(),
        allowances=allowances,
    )
    (month,) = decide(case, law).months
    return month


def before(rule_id: str) -> RuleBook:
    """The law as it was kept before the engine read a rule."""
    return RuleBook({rule.id: rule for rule in BOOK if rule.id != rule_id})


def test_a_law_of_before_parts_counted_together_counts_each_for_itself() -> None:
    """They are thirty thirtieths, and were thirty-one."""
    now, then = july(BOOK), july(before("pay.thirtieths.of_parts"))
    assert (str(now.target_net), str(then.target_net)) == ("1846.94", "1908.50")


def test_the_floor_of_unpaid_days_is_the_same_when_the_accord_leaves_them_out() -> None:
    taken, left = july(BOOK), july(BOOK, LEAVES_OUT)
    assert (str(taken.benefit), str(left.benefit)) == ("1422.03", "498.56")
    assert (str(left.decree_floor), left.alerts) == ("1202.57", (Alert.LEGAL_FLOOR_SHORTFALL,))
    assert (taken.decree_floor, taken.alerts) == (left.decree_floor, ())
    told = (DailyAllowance(Period(date(2026, 7, 20), date(2026, 7, 31)), Money(1_000)),)
    assert str(july(BOOK, LEAVES_OUT, told).decree_floor) == "1082.57"


def test_unpaid_days_that_are_left_out_have_no_floor_by_a_law_that_does_not_say_so() -> None:
    older = before("decree.itt.unpaid_leaves")
    assert str(july(older, LEAVES_OUT).decree_floor) == "388.83"
    assert july(older).decree_floor == july(BOOK).decree_floor
