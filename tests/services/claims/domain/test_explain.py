"""Every figure shows what it was made of, and the page that an agent reads says it in French words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import replace
from datetime import date
from typing import Any, Final

import pytest

from kit.money import Money
from kit.period import Month, Period
from kit.rate import Rate
from kit.trace import Snapshot
from rules.pay import PayElements
from rules.vocabulary import Category, Guarantee, LeaveKind, Leg, PayElement, Regime
from services.claims.application.explain import page
from services.claims.application.explain_words import CODES, WORDS
from services.claims.application.verify import same
from services.claims.domain.capitals import Death, DeathKind
from services.claims.domain.case import Case
from services.claims.domain.invalidity import Invalidity
from services.claims.domain.leave import Entry, Person
from services.claims.domain.override import OverrideReason
from services.claims.domain.reference import Insured, ReferencePay
from services.claims.domain.reference_pay import reference_from
from services.claims.domain.situation import DailyAllowance, RiMaintained
from services.claims.domain.snapshot import decided
from services.claims.domain.temporary_invalidity import TemporaryInvalidity
from services.claims.domain.terms import AnnuityFormula, CapitalDue, Prorated
from tests.services.claims.domain.histories import BOOK
from tests.services.claims.simulator import ACCORD, TERMS

PAY: Final = PayElements(tib=Money(206_757), nbi=Money(7_384), ri=Money(30_000))
JUNE: Final = Period(date(2026, 6, 1), date(2026, 6, 30))
RAW: Final = re.compile(
    r"[A-Z]+_[A-Z_]+|\b[a-z]+_[a-z_]+|\b(FULL|HALF|NONE|WAITING|DEATH|IAD|ANNUITY|MATERNITY)\b|rulebook"
)


def case(kind: LeaveKind, start: str, regime: Regime = Regime.CNRACL, **more: Any) -> Case:
    """A leave from a day on, seen in June 2026."""
    began = date.fromisoformat(start)
    return Case(
        person=Person(regime, date(2015, 1, 1)),
        insured=Insured(regime, None if regime is Regime.CONTRACTUEL_PUBLIC else Category.C, date(1968, 3, 1)),
        terms=TERMS,
        reference=ReferencePay(Month(2026, 1), PAY),
        leaves=(Entry(kind, Period(began, JUNE.end), waiting_days=0 if kind is LeaveKind.CMO else None),),
        period=JUNE,
        **more,
    )


HALF: Final = case(LeaveKind.CMO, "2026-02-01")
OPTION_3: Final = case(
    LeaveKind.CLM,
    "2026-02-01",
    options=frozenset({Guarantee.RI_FULL_PAY}),
    maintenance={LeaveKind.CLM: RiMaintained(Rate.parse("0.3300"), Rate.parse("0.3300"))},
)
ALLOWED: Final = case(
    LeaveKind.CMO,
    "2026-02-01",
    Regime.CONTRACTUEL_PUBLIC,
    allowances=(DailyAllowance(Period(date(2026, 5, 20), date(2026, 6, 10)), Money(3_500)),),
)
AIT: Final = case(LeaveKind.DO, "2026-02-01", ait=(TemporaryInvalidity(JUNE, 3),))
ALIVE: Final = replace(HALF, leaves=(), period=None)
DEAD: Final = replace(
    ALIVE, options=frozenset({Guarantee.DEATH}), death=Death(date(2026, 6, 10), DeathKind.IAD, Rate.parse("0.0000"))
)
RETIRED: Final = replace(
    ALIVE,
    options=frozenset({Guarantee.RETIREMENT_LOSS}),
    invalidity=Invalidity(date(2026, 6, 1), Rate.parse("0.4000"), None, None, Money(60_000)),
)
ALL: Final = {"half": HALF, "option 3": OPTION_3, "IJ": ALLOWED, "AIT": AIT, "death": DEAD, "retirement": RETIRED}


def taken(one: Case) -> Snapshot:
    return decided(one, ACCORD, BOOK)[1]


def steps(trace: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield trace
    for inner in trace["steps"]:
        yield from steps(inner)


def step(one: Case, rule: str) -> Mapping[str, Any]:
    return next(found for found in steps(taken(one).trace) if found["rule"] == rule)


def test_option_3_says_the_share_the_net_and_what_the_employer_keeps() -> None:
    found = step(OPTION_3, "benefit.ri_full_pay")
    assert found["inputs"] | {"kept": "0.3300", "target": "0.9500", "net_ri": "244.51"} == found["inputs"]
    assert (found["inputs"]["whole_month"], found["inputs"]["ri_policy"]) == ("151.60", "délibération")
    assert step(OPTION_3, "net.tib_nbi_ri")["result"] == "1944.14", "and where that net comes from"


def test_daily_allowances_are_counted_by_calendar_days_and_deducted_from_pay() -> None:
    """Ten days of June; the rest of the notification belongs to May."""
    found = step(ALLOWED, "social_security.daily")
    assert (found["inputs"]["days"], found["inputs"]["daily"], found["result"]) == (10, "35.00", "350.00")
    assert found["inputs"]["period"] == {"start": "2026-06-01", "end": "2026-06-10"}
    paid = step(ALLOWED, "social_security.deducted")
    due = Money.parse(paid["inputs"]["statutory_due"])
    assert (paid["inputs"]["deducted"], paid["result"]) == ("350.00", str(due - Money(35_000)))


def test_an_allowance_worked_out_says_the_values_it_rests_on() -> None:
    found = step(AIT, "benefit.temporary_invalidity")
    assert [(one["rule"], one["result"]) for one in found["steps"]] == [
        ("ait.group_2.share", "0.5000"),
        ("ait.group_2.cap", "2002.50"),
        ("ait.group_3.increase", "0.4000"),
    ]
    assert all(one["inputs"]["valid_from"] and one["reference"] for one in found["steps"])


def test_capitals_say_their_base_and_when_they_fall_due() -> None:
    death, base = step(DEAD, "capital.death"), step(DEAD, "capital.base")
    assert base["inputs"]["elements"] == {"TIB": "2067.57", "NBI": "73.84", "RI": "286.08"}
    assert [one["rule"] for one in base["steps"]] == ["tpp.monthly"]
    assert (base["result"], death["inputs"]["annual_base"], death["result"]) == ("2427.49", "29129.88", "14564.94")
    retired, age = step(RETIRED, "capital.retirement_loss"), step(RETIRED, "retirement.legal_age")
    assert retired["inputs"] | {"flat": "20000.00", "due_when": "LEGAL_AGE"} == retired["inputs"]
    assert retired["inputs"]["due"] == age["result"]
    assert age["inputs"]["valid_from"]


def test_a_reference_says_its_months_and_the_point_it_follows() -> None:
    (month,) = months = [Month(2023, 6)]
    found = reference_from(months, {month: PAY}, date(2023, 8, 1), BOOK).trace
    assert found is not None
    paid, raised = found.json()["steps"]
    assert (paid["rule"], paid["result"]["tib"]) == ("reference.month", "2067.57")
    assert [(one["inputs"]["valid_from"], one["result"]) for one in raised["steps"]] == [
        ("2022-07-01", "58.2004"),
        ("2023-07-01", "59.0734"),
    ]


@pytest.mark.parametrize("name", ALL)
def test_a_page_holds_no_code(name: str) -> None:
    snapshot = taken(ALL[name])
    text = page(snapshot, BOOK, date(2026, 7, 1))
    assert RAW.search(text) is None, text
    assert not [k for found in steps(snapshot.trace) for k in found["inputs"] if k not in WORDS]
    assert "juin 2026" in text or name in {"death", "retirement"}


def test_every_code_that_a_trace_may_hold_is_said_in_words() -> None:
    codes = {
        *LeaveKind,
        *Leg,
        *Regime,
        *Guarantee,
        *PayElement,
        *DeathKind,
        *AnnuityFormula,
        *Prorated,
        *CapitalDue,
        *OverrideReason,
    }
    assert codes - CODES.keys() == set()


def test_a_decision_of_a_version_that_said_less_is_still_the_same() -> None:
    """What it said is said again; a figure that was another is not."""
    snapshot = taken(OPTION_3)
    former = deepcopy(snapshot.trace)
    option = next(one for one in steps(former) if one["rule"] == "benefit.ri_full_pay")
    for name in ("net_ri", "target", "whole_month", "ri_policy"):
        del option["inputs"][name]
    assert same(snapshot)
    assert same(replace(snapshot, trace=former))
    option["inputs"]["kept"] = "0.3400"
    assert not same(replace(snapshot, trace=former))
    assert not same(replace(snapshot, trace=former | {"steps": []}, result={**snapshot.result, "months": []}))
