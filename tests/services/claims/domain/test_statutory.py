from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.period import ONE_DAY, Period, add_years
from kit.rate import Rate
from rules.book import RuleBook
from rules.vocabulary import LeaveKind, Leg, PathologyGroup, Regime
from services.claims.domain.entitlement import Entitlement
from services.claims.domain.errors import QuotityNotApplicable, ServiceStartRequired
from services.claims.domain.leave import Entry, Person
from services.claims.domain.statutory import statutory_pay
from tests.services.claims.domain.day_by_day import Answer, DayByDay
from tests.services.claims.domain.histories import BOOK, histories, looking_at

History = tuple[Person, list[Entry]]
CMO_ONLY = (LeaveKind.CMO,)


def by_day(entitlement: Entitlement) -> dict[date, Answer]:
    return {day: (stretch.kind, stretch.leg, stretch.rate.text(2)) for stretch in entitlement for day in stretch.period}


def pay(person: Person, entries: Sequence[Entry], book: RuleBook = BOOK) -> dict[date, Answer]:
    return by_day(statutory_pay(person, entries, book))


@looking_at(80)
@given(histories())
def test_the_engine_pays_each_day_as_the_plain_reading_does(history: History) -> None:
    person, entries = history
    assert pay(person, entries) == DayByDay(person, entries).tell()


@looking_at(40)
@given(histories(kinds=(LeaveKind.CLM, LeaveKind.CLD, LeaveKind.CGM)))
def test_long_leaves_are_paid_as_the_plain_reading_does(history: History) -> None:
    person, entries = history
    assert pay(person, entries) == DayByDay(person, entries).tell()


@looking_at(80)
@given(histories(), st.randoms())
def test_the_order_in_which_leaves_are_given_changes_nothing(history: History, random: object) -> None:
    person, entries = history
    shuffled = list(entries)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # Hypothesis types its randoms as objects
    assert statutory_pay(person, shuffled, BOOK) == statutory_pay(person, entries, BOOK)


@looking_at(80)
@given(histories())
def test_every_day_of_leave_is_told_once_and_no_other(history: History) -> None:
    person, entries = history
    told = [day for stretch in statutory_pay(person, entries, BOOK) for day in stretch.period]
    assert sorted(told) == [day for entry in entries for day in entry.period]


@looking_at(50)
@given(histories(kinds=CMO_ONLY))
def test_no_full_day_of_a_fonctionnaire_has_ninety_before_it(history: History) -> None:
    person, entries = history
    told = pay(replace(person, regime=Regime.CNRACL), [entry for entry in entries if entry.kind is LeaveKind.CMO])
    for day, (_, leg, _rate) in told.items():
        if leg is Leg.FULL:
            floor = add_years(day, -1)
            used = sum(floor < d < day and told[d][1] in (Leg.FULL, Leg.WAITING) for d in told)
            assert used < 90


@looking_at(80)
@given(histories(), st.data())
def test_cutting_an_entry_where_its_rate_stays_changes_nothing(history: History, data: st.DataObject) -> None:
    """For fonctionnaires, whose rights no tier read on the first day of an entry changes."""
    person, entries = history
    person = replace(person, regime=Regime.CNRACL if person.regime is Regime.CONTRACTUEL_PUBLIC else person.regime)
    entries = [entry for entry in entries if _open_to(person.regime, entry.kind)]
    cuttable = [n for n, entry in enumerate(entries) if entry.period.days > 3]
    if not cuttable:
        return
    n = data.draw(st.sampled_from(cuttable))
    whole = entries[n]
    cut = whole.start + timedelta(days=data.draw(st.integers(3, whole.period.days - 1)))
    if whole.start < date(2025, 3, 1) <= cut:
        return
    renewal = Entry(whole.kind, Period(cut, whole.end), None, whole.pathology_group)
    parts = [replace(whole, period=Period(whole.start, cut - ONE_DAY)), renewal]
    assert pay(person, [*entries[:n], *parts, *entries[n + 1 :]]) == pay(person, entries)


def _open_to(regime: Regime, kind: LeaveKind) -> bool:
    return any(
        row["regime"] == regime and row["kind"] == kind for row in BOOK.table("leave.applicable", date(2026, 1, 1))
    )


@pytest.mark.parametrize(("kind", "quotity"), [(LeaveKind.CMO, "0.5"), (LeaveKind.TPT, "0.55"), (LeaveKind.TPT, "1")])
def test_a_quotity_is_one_that_a_therapeutic_part_time_may_have(kind: LeaveKind, quotity: str) -> None:
    """Rulebook §1.1: 50, 60, 70, 80 or 90 %."""
    worked = Entry(kind, Period(date(2026, 1, 1), date(2026, 1, 31)), quotity=Rate.parse(quotity))
    with pytest.raises(QuotityNotApplicable) as caught:
        statutory_pay(Person(Regime.CNRACL), [worked], BOOK)
    assert caught.value.pointer == "/leaves/0/quotity"


@pytest.mark.parametrize(
    ("regime", "quotity", "rate"),
    [
        (Regime.CNRACL, "0.6", "1.00"),
        (Regime.CNRACL, None, "1.00"),
        (Regime.IRCANTEC_FONCTIONNAIRE, "0.6", "0.60"),
        (Regime.IRCANTEC_FONCTIONNAIRE, None, "1.00"),
    ],
)
def test_a_tpt_is_paid_whole_by_the_regime_special_and_by_the_hours_elsewhere(
    regime: Regime, quotity: str | None, rate: str
) -> None:
    """Rulebook §1.1."""
    days = Period(date(2026, 1, 1), date(2026, 1, 31))
    worked = Entry(LeaveKind.TPT, days, quotity=None if quotity is None else Rate.parse(quotity))
    assert set(pay(Person(regime), [worked]).values()) == {(LeaveKind.TPT, Leg.FULL, rate)}


def test_a_clm_counts_beside_an_earlier_cld_of_the_same_group() -> None:
    """Rulebook §1.1: 100 days of CLD, then 365 of a CLM that one of the same group follows: 630 days of three years."""

    def lasting(kind: LeaveKind, start: date, days: int) -> Entry:
        group = PathologyGroup.TUBERCULOSIS if kind is LeaveKind.CLD else None
        return Entry(kind, Period(start, start + timedelta(days=days - 1)), pathology_group=group)

    clm = lasting(LeaveKind.CLM, date(2020, 1, 1), 365)
    first, second = lasting(LeaveKind.CLD, date(2016, 1, 1), 100), lasting(LeaveKind.CLD, clm.end + ONE_DAY, 700)
    told = pay(Person(Regime.CNRACL), [first, clm, second])
    assert sum(told[one][1] is Leg.FULL for one in second.period) == 3 * 365 - 365 - 100


def test_rights_that_end_after_a_change_of_status_leave_the_days_before_it_as_they_were() -> None:
    """A CGM begun as a contractuel and renewed as an IRCANTEC fonctionnaire: its three years end in the renewal."""
    contractuel = Person(Regime.CONTRACTUEL_PUBLIC, date(2010, 1, 1))
    first = Entry(LeaveKind.CGM, Period(date(2020, 1, 1), date(2020, 12, 31)), person=contractuel)
    renewed = Entry(LeaveKind.CGM, Period(date(2021, 1, 1), date(2023, 6, 30)))
    told = pay(Person(Regime.IRCANTEC_FONCTIONNAIRE), [first, renewed])
    assert told[first.end][1] is Leg.FULL
    assert told[date(2022, 12, 31)] == (LeaveKind.CGM, Leg.HALF, "0.50")
    assert told[renewed.end] == (LeaveKind.CGM, Leg.HALF, "0.50"), "until a decision, as a fonctionnaire's"


def test_a_contractuel_of_then_needs_his_seniority_too() -> None:
    contractuel = Person(Regime.CONTRACTUEL_PUBLIC)
    entry = Entry(LeaveKind.CGM, Period(date(2020, 1, 1), date(2020, 12, 31)), person=contractuel)
    with pytest.raises(ServiceStartRequired) as refused:
        statutory_pay(Person(Regime.IRCANTEC_FONCTIONNAIRE), [entry], BOOK)
    assert refused.value.pointer == "/leaves/0/status/service_start"


@looking_at(60)
@given(histories(), st.integers(0, 2000))
def test_later_leaves_change_no_earlier_day(history: History, after: int) -> None:
    person, entries = history
    last = entries[0].start + timedelta(days=after)
    known = [e for e in entries if e.start <= last]
    clipped = [replace(e, period=Period(e.start, min(e.end, last))) for e in known]
    whole = pay(person, entries)
    assert pay(person, clipped) == {day: answer for day, answer in whole.items() if day <= last}


@looking_at(60)
@given(histories(), st.dates(date(2015, 1, 1), date(2026, 1, 1)), st.integers(0, 900))
def test_a_part_of_the_days_is_the_same_part(history: History, start: date, days: int) -> None:
    person, entries = history
    shown = Period(start, start + timedelta(days=days))
    found = statutory_pay(person, entries, BOOK)
    assert by_day(found.within(shown)) == {day: a for day, a in by_day(found).items() if day in shown}


@looking_at(60)
@given(histories())
def test_periods_are_the_stretches_joined(history: History) -> None:
    person, entries = history
    found = statutory_pay(person, entries, BOOK)
    periods = found.periods()
    joined = {day: (p.kind, p.leg, p.rate.text(2)) for p in periods for day in p.period}
    assert joined == by_day(found)
    for earlier, later in pairwise(periods):
        same = (earlier.kind, earlier.leg, earlier.rate) == (later.kind, later.leg, later.rate)
        assert not (same and later.period.follows(earlier.period))


@looking_at(40)
@given(histories())
def test_every_stretch_names_a_rule_that_exists_and_its_reference(history: History) -> None:
    person, entries = history
    trace = statutory_pay(person, entries, BOOK).trace("statutory-pay", "CGFP", {})
    for step in trace.steps:
        assert step.rule in BOOK
        assert step.reference


@pytest.mark.parametrize(
    ("rule", "value", "kind", "regime"),
    [
        ("leave.cmo.full_days", "60", LeaveKind.CMO, Regime.CNRACL),
        ("leave.half_rate", "0.60", LeaveKind.CMO, Regime.CNRACL),
        ("leave.cmo.max_days", "400", LeaveKind.CMO, Regime.CONTRACTUEL_PUBLIC),
        ("leave.clm.full_years", "2", LeaveKind.CLM, Regime.CNRACL),
        ("leave.cld.full_years", "1", LeaveKind.CLD, Regime.CNRACL),
        ("leave.cgm.full_years", "2", LeaveKind.CGM, Regime.IRCANTEC_FONCTIONNAIRE),
        ("leave.contractual.cgm_service_months", "120", LeaveKind.CGM, Regime.CONTRACTUEL_PUBLIC),
        ("leave.full_rate", "0.80", LeaveKind.CITIS, Regime.CNRACL),
    ],
)
def test_another_law_pays_otherwise(rule: str, value: str, kind: LeaveKind, regime: Regime) -> None:
    person = Person(regime, date(2018, 1, 1))
    leave = [Entry(kind, Period(date(2022, 1, 1), date(2024, 12, 31)))]
    assert pay(person, leave, BOOK.replacing(rule, value)) != pay(person, leave)
