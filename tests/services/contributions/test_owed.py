"""What a month owes: golden cases on the domain, and what holds for every month."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final

import pytest

from kit.money import Money
from kit.period import Month, Period
from kit.rate import Rate
from rules.pay import PayElements
from rules.vocabulary import AffiliationOutcome, Category, Guarantee, Regime
from services.contributions.domain.agent_file import Affiliation, AgentFile, Employment
from services.contributions.domain.base import Status
from services.contributions.domain.cover import Span
from services.contributions.domain.owed import owed
from services.contributions.domain.pay_line import PayLine
from services.contributions.domain.terms import Terms
from services.contributions.domain.terms_document import kept, read_terms
from tests.golden.cases import read
from tests.services.contributions.facts import (
    ACCORD,
    AGGLOMERATION,
    BOOK,
    CITY,
    TERMS,
    agent_file,
    assessed,
    paid,
    period,
    revised,
    span,
)

CASES: Final = read("contributions-owed")
# What a line of pay says besides its elements.
BESIDES: Final = frozenset({"employment", "share_of_pay", "gross", "paid_in"})
JUNE: Final = Month(2026, 6)


def days(start: date, end: date | None) -> Period:
    return Period(start, end)


def pay_of(case: Mapping[str, Any], raw: Mapping[str, Any]) -> PayLine:
    amounts = {name: Money.parse(text) for name, text in raw.items() if name not in BESIDES}
    share = raw.get("share_of_pay", case.get("share_of_pay"))
    return PayLine(
        month=Month.parse(case["month"]),
        version=1,
        pay=PayElements(**amounts),
        employment=raw.get("employment"),
        share_of_pay=Rate.parse(share) if share else None,
        gross=Money.parse(raw["gross"]) if "gross" in raw else None,
        paid_in=Month.parse(raw["paid_in"]) if "paid_in" in raw else None,
    )


def file_of(case: Mapping[str, Any]) -> AgentFile:
    category = case.get("category", "C")
    employments = case.get("employments", {"e1": case.get("regime", "CNRACL")})
    timeline = case.get("timeline", [[date(2025, 1, 1), None, "AFFILIATED"]])
    return AgentFile(
        employer=CITY,
        agent="a",
        employments=[
            Employment(code, period("2020-01-01"), Status(Regime(regime), Category(category) if category else None))
            for code, regime in employments.items()
        ],
        affiliations=[Affiliation(ACCORD, tuple(Span(days(s, e), AffiliationOutcome(o)) for s, e, o in timeline))],
        elections={Guarantee(code): [days(*ends)] for code, ends in case.get("options", {}).items()},
        pay=[pay_of(case, raw) for raw in case["pay"]],
    )


def terms_of(case: Mapping[str, Any]) -> Terms:
    changes = list(case.get("terms", {}).items())
    return read_terms({**revised(changes[0][0], changes[0][1]), "version": 2}) if changes else TERMS


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_month_owes_what_its_source_says(case: dict[str, Any]) -> None:
    found = owed(file_of(case), Month.parse(case["month"]), {ACCORD: terms_of(case)}, BOOK)
    assert found.held == case.get("held")
    lines = [
        {name: str(getattr(due.line, name)) for name in ("guarantee", "base", "rate", "amount", "employer", "agent")}
        | {"unresolved": due.line.unresolved}
        for due in found.dues
    ]
    wanted = case.get("expect", [])
    assert len(lines) == len(wanted)
    for line, want in zip(lines, wanted, strict=True):
        assert line | want == line
    assert {due.insurer for due in found.dues} <= {"demo-a"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_run_issues_what_the_source_says(case: dict[str, Any]) -> None:
    """The same cases through the columns that a run computes in."""
    found = assessed([file_of(case)], Month.parse(case["month"]), {ACCORD: terms_of(case)}, {}, BOOK)
    held = [case["held"]] if "held" in case and case["pay"] else []  # a run does not look at months without pay
    assert [one.reason for one in found.held] == held
    issued = [(delta.key.guarantee.value, str(delta.amounts.amount)) for delta in found.deltas]
    assert issued == [(want["guarantee"], want["amount"]) for want in case.get("expect", [])]


def test_every_case_has_a_name_of_its_own() -> None:
    names = [case["name"] for case in CASES]
    assert len(set(names)) == len(names)


def test_what_is_not_known_yet_is_held() -> None:
    file = agent_file(paid("2026-06", tib="2400.00"))
    nobody = AgentFile(CITY, file.agent, (), (), {}, file.pay)
    unemployed = AgentFile(CITY, file.agent, (), file.affiliations, {}, file.pay)
    not_begun = AgentFile(
        CITY,
        file.agent,
        (Employment("e1", period("2026-07-01"), Status(Regime.CNRACL, None)),),
        file.affiliations,
        {},
        file.pay,
    )
    assert owed(nobody, JUNE, {ACCORD: TERMS}, BOOK).held == "affiliation_unknown"
    assert owed(unemployed, JUNE, {ACCORD: TERMS}, BOOK).held == "status_unknown"
    assert owed(not_begun, JUNE, {ACCORD: TERMS}, BOOK).held == "status_unknown"
    assert owed(file, JUNE, {}, BOOK).held == "terms_unknown"


def test_a_month_before_the_first_rate_is_held() -> None:
    late = read_terms({**revised("BASE", {"from": "2026-07-01"}), "version": 2})
    file = agent_file(paid("2026-06", tib="2400.00"))
    assert owed(file, JUNE, {ACCORD: late}, BOOK).held == "rate_unknown"


def test_a_population_without_a_base_is_held() -> None:
    narrow = revised("BASE")
    narrow["contribution_base"] = narrow["contribution_base"][1:]
    file = agent_file(paid("2026-06", tib="2400.00"))
    assert owed(file, JUNE, {ACCORD: read_terms({**narrow, "version": 2})}, BOOK).held == "regime_outside_agreement"


def test_an_accord_may_take_the_base_before_tpp() -> None:
    """Rulebook S7: the switch."""
    before = revised("BASE")
    before["contribution_base"][0]["tpp"] = "BEFORE"
    file = agent_file(paid("2026-06", tib="2000.00", ri="300.00"))
    (due,) = owed(file, JUNE, {ACCORD: read_terms({**before, "version": 2})}, BOOK).dues
    assert str(due.line.base) == "2300.00"


def test_a_rate_is_that_of_the_month() -> None:
    rates = [{"to": "2026-05-31"}, {"from": "2026-06-01", "to": "2026-06-14", "rate": "0.0210"}]
    mid = {"from": "2026-06-15", "rate": "0.0220"}
    stepped = read_terms({**revised("BASE", *rates, mid), "version": 2})
    guarantee = stepped.guarantee(Guarantee.BASE)
    assert guarantee is not None
    shown = [str(r.rate) for month in (5, 6, 7) if (r := guarantee.rate_in(Month(2026, month)))]
    assert shown == ["0.0205", "0.0210", "0.0220"]


def test_an_accord_that_begins_inside_a_month_has_its_first_rate_then() -> None:
    late = read_terms({**revised("BASE", {"from": "2026-06-15"}), "version": 2})
    file = agent_file(
        paid("2026-06", tib="3000.00"), timeline=[span("2026-06-01", "2026-06-15", "ENDED"), span("2026-06-16", None)]
    )
    (due,) = owed(file, JUNE, {ACCORD: late}, BOOK).dues
    assert (str(due.line.base), str(due.line.amount)) == ("3000.00", "61.50")


def test_two_accords_share_a_month_by_their_days() -> None:
    """The employer changes accord on the 16th: each takes its half of the pay."""
    other = read_terms({**revised("BASE", {"rate": "0.0300"}), "agreement": "other", "version": 1, "insurers": []})
    file = agent_file(paid("2026-06", tib="2400.00"))
    moved = AgentFile(
        CITY,
        file.agent,
        file.employments,
        (
            Affiliation(ACCORD, (span("2025-01-01", "2026-06-15"), span("2026-06-16", None, "ENDED"))),
            Affiliation("other", (span("2026-06-16", None),)),
        ),
        {},
        file.pay,
    )
    dues = owed(moved, JUNE, {ACCORD: TERMS, "other": other}, BOOK).dues
    assert [(d.agreement, d.insurer, str(d.line.base), str(d.line.amount)) for d in dues] == [
        (ACCORD, "demo-a", "1200.00", "24.60"),
        ("other", None, "1200.00", "36.00"),
    ]


def test_a_rappel_paid_after_the_agent_left_keeps_the_last_status() -> None:
    file = AgentFile(
        CITY,
        "a",
        (
            Employment("e1", Period(date(2020, 1, 1), date(2025, 12, 31)), Status(Regime.CONTRACTUEL_PUBLIC, None)),
            Employment("e1", Period(date(2026, 1, 1), date(2026, 5, 31)), Status(Regime.CNRACL, Category.A)),
        ),
        (),
        {},
        (),
    )
    assert file.status_in(Month(2025, 12)) == Status(Regime.CONTRACTUEL_PUBLIC, None)
    assert file.status_in(Month(2026, 6)) == Status(Regime.CNRACL, Category.A)
    assert file.status_in(Month(2019, 12)) is None


def test_the_trace_of_a_month_says_where_each_line_comes_from() -> None:
    file = agent_file(
        paid("2026-06", tib="2000.00", ri="300.00"),
        timeline=[span("2026-01-01", "2026-06-15", "DEFERRED"), span("2026-06-16", None)],
    )
    trace = owed(file, JUNE, {ACCORD: TERMS}, BOOK).trace
    assert trace is not None
    (line,) = trace.steps
    (part,) = line.steps
    (base,) = part.steps
    assert part.json()["inputs"] == {"days_covered": 15, "days_paid": 30}
    assert (str(base.result), str(part.result)) == ("2286.08", "1143.04")
    assert "art. 5.2" in base.reference
    assert "art. 5.1" in line.reference


def test_pay_names_its_employment_by_id_or_by_contract_number() -> None:
    numbered = Employment("e1", period("2020-01-01"), Status(Regime.PRIVATE_LAW, None), number="C-7")
    plain = Employment("e2", period("2024-01-01"), Status(Regime.CNRACL, Category.B), number="C-8")
    file = AgentFile(CITY, "a", (numbered, plain), (), {}, ())
    assert file.status_in(JUNE, "e1") == file.status_in(JUNE, "C-7") == Status(Regime.PRIVATE_LAW, None)
    assert file.status_in(JUNE) == file.status_in(JUNE, "C-8") == Status(Regime.CNRACL, Category.B)
    assert file.status_in(JUNE, "C-9") is None


def test_an_exception_holds_for_its_employer_on_its_days() -> None:
    """A lower rate and another base for the agglomeration, from 2026 on; what it does not name stays."""
    accord = revised("BASE")
    own = revised("BASE", {"rate": "0.0200"})
    exception = {
        "employer": AGGLOMERATION,
        "from": "2026-01-01",
        "to": None,
        "source": "avenant",
        "guarantees": own["guarantees"][:1],
        "contribution_base": [{**own["contribution_base"][0], "elements": ["TIB"]}],
    }
    terms = {ACCORD: read_terms({**accord, "version": 2, "exceptions": [exception]})}
    elected = {Guarantee.DEATH: [period("2025-01-01")]}

    def amounts(employer: str, month: str) -> list[str]:
        file = replace(agent_file(paid(month, tib="1000.00", nbi="100.00"), elections=elected), employer=employer)
        return [str(due.line.amount) for due in owed(file, Month.parse(month), terms, BOOK).dues]

    assert amounts(AGGLOMERATION, "2026-01") == ["20.00", "2.00"]
    assert amounts(AGGLOMERATION, "2025-12") == amounts(CITY, "2026-01") == ["22.55", "2.20"]


def test_an_exception_may_leave_the_base_as_it_is() -> None:
    own = {
        "employer": CITY,
        "from": "2026-01-01",
        "guarantees": revised("DEATH", {"rate": "0.0100"})["guarantees"][1:2],
    }
    terms = {ACCORD: read_terms({**revised("BASE"), "version": 2, "exceptions": [own]})}
    file = agent_file(paid("2026-01", tib="1000.00"), elections={Guarantee.DEATH: [period("2025-01-01")]})
    assert [str(d.line.amount) for d in owed(file, Month(2026, 1), terms, BOOK).dues] == ["20.50", "10.00"]


def test_an_avenant_changes_no_month_before_its_day() -> None:
    """A narrower base and a guarantee less from July on: June is owed as it was, at what was said of June."""
    before = revised("BASE")
    now = {
        **before,
        "version": 2,
        "guarantees": [one for one in before["guarantees"] if one["code"] == "BASE"],
        "contribution_base": [{**before["contribution_base"][0], "elements": ["TIB"]}],
        "formerly": [
            {**{key: before[key] for key in ("guarantees", "contribution_base")}, "to": "2025-06-30", "exceptions": []}
        ],
    }
    elected = {Guarantee.DEATH: [period("2025-01-01")]}

    def amounts(month: str, document: dict[str, Any]) -> list[str]:
        file = agent_file(paid(month, tib="1000.00", nbi="100.00"), elections=elected)
        terms = {ACCORD: read_terms(kept(document))}
        return [str(due.line.amount) for due in owed(file, Month.parse(month), terms, BOOK).dues]

    assert amounts("2025-06", now) == amounts("2025-06", before) == ["22.55", "2.20"]
    assert amounts("2025-07", now) == ["20.50"]
