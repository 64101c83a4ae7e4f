"""The checks of an accord, case by case, and what it takes to sign one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.book import RuleBook
from rules.loading import parse
from services.agreements.domain.days import days_of_change
from services.agreements.domain.errors import InvalidAgreement, NotSignable
from services.agreements.domain.finding import Severity
from services.agreements.domain.law import law_findings
from services.agreements.domain.scheme_rules import scheme_findings_on
from services.agreements.domain.structure import structure
from services.agreements.domain.validation import accepted, check_signable, errors, validate
from tests.golden.cases import read
from tests.services.agreements.accord import agreement, changed, scheme

CASES = read("accord-findings")
RULES = RuleBook.load()
SCHEME = scheme().to_domain()
FLOOR: Final = "participation.prevoyance.floor"
RATE: Final = {"from": "2025-01-01", "to": None, "rate": "0.0205", "employer_share": "1.0000", "source": "test"}
HALF_LESS: Final = {"/guarantees/0/rates/0/employer_share": "0.4900"}


def places(findings: list[Any], severity: Severity) -> list[tuple[str, str]]:
    return sorted((f.code, f.pointer) for f in findings if f.severity is severity)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_findings(case: dict[str, Any]) -> None:
    found = validate(agreement(case["change"]), SCHEME, RULES)
    errors = sorted(tuple(e) for e in case.get("errors", []))
    assert places(found, Severity.ERROR) == errors
    if case.get("structure_only"):
        return
    kept = [tuple(w) for w in CASES[0]["warnings"] if w[0] not in case.get("without", [])]
    expected = sorted({*kept, *(tuple(w) for w in case.get("warnings", []))})
    assert places(found, Severity.WARNING) == expected


def test_every_finding_names_its_article() -> None:
    assert all(f.reference and f.detail_fr for f in validate(agreement(), SCHEME, RULES))


def test_a_remark_names_its_first_day() -> None:
    """Three rules on the employer's part, each from its own day: scheme 2025, law of 2025 from 2029."""
    found = {f.code: f.since for f in validate(agreement(HALF_LESS), SCHEME, RULES) if f.severity is Severity.ERROR}
    assert found == {"share_below_scheme": None, "share_below_law": date(2029, 1, 1)}


def test_a_change_of_law_is_seen_on_its_day() -> None:
    """The floor of participation rises: an accord that met it no longer does from that day."""
    low = agreement({"/guarantees/0/rates/0/rate": "0.0039"})
    values = [
        {"from": date(2025, 1, 1), "to": date(2026, 12, 31), "value": "7.00", "reference": "décret", "confidence": "V"},
        {"from": date(2027, 1, 1), "value": "8.00", "reference": "décret", "confidence": "V"},
    ]
    floor = parse(FLOOR, {"label": "x", "unit": "EUR/month", "values": values})
    later = RuleBook({rule.id: rule for rule in RULES} | {FLOOR: floor})
    assert days_of_change(low, SCHEME, later)[-3:] == [date(2027, 1, 1), date(2029, 1, 1), date(2031, 1, 1)]
    found = [f for f in validate(low, SCHEME, later) if f.severity is Severity.ERROR]
    assert [(f.code, f.since) for f in found] == [("participation_below_law", date(2027, 1, 1))]


@given(st.dates(date(2025, 1, 1), date(2035, 12, 31)))
def test_between_two_days_of_change_every_check_says_the_same(day: date) -> None:
    """Any day answers as the last day of change before it: looking at those is looking at every day."""
    accord = agreement(HALF_LESS)
    last = max(d for d in days_of_change(accord, SCHEME, RULES) if d <= day)
    assert list(law_findings(accord, day, RULES)) == list(law_findings(accord, last, RULES))
    assert list(scheme_findings_on(accord, SCHEME, day)) == list(scheme_findings_on(accord, SCHEME, last))


def test_a_case_has_a_source() -> None:
    assert all(case["source"] for case in CASES)


def test_an_unknown_scheme_is_a_doubt() -> None:
    codes = {f.code for f in validate(agreement(), None, RULES)}
    assert "scheme_unknown" in codes


def test_a_rate_is_kept_by_the_market_of_a_scheme_that_is_known() -> None:
    """Préambule, « maintenus pendant 3 ans »: this accord guarantees nothing itself, and the rise is small."""
    rates = [{**RATE, "to": "2025-12-31"}, {**RATE, "from": "2026-01-01", "rate": "0.0210"}]
    moved = agreement({"/guarantees/0/rates": rates})
    nothing_kept = replace(SCHEME, rates_guaranteed_to=None)
    for known, expected in ((SCHEME, ["rate_frozen"]), (nothing_kept, []), (None, [])):
        assert [f.code for f in errors(validate(moved, known, RULES))] == expected


@pytest.mark.parametrize(
    ("rates", "codes"),
    [
        ([{**RATE, "minimum_rate": "0.0205"}], []),
        ([{**RATE, "minimum_rate": "0.0206"}], ["minimum_above_rate"]),
        ([{**RATE, "guaranteed_to": "2025-01-01"}], []),
        ([{**RATE, "guaranteed_to": "2024-12-31"}], ["guaranteed_before_start"]),
        ([{**RATE, "rate": "1.0000"}], []),
        ([{**RATE, "rate": "1.0001"}], ["above_whole"]),
        (
            [
                {**RATE, "to": "2028-06-30", "guaranteed_to": "2028-07-01"},
                {**RATE, "from": "2028-07-01", "rate": "0.0210"},
            ],
            ["rate_frozen"],
        ),
        (
            [
                {**RATE, "to": "2028-06-30", "guaranteed_to": "2028-06-30"},
                {**RATE, "from": "2028-07-01", "rate": "0.0210"},
            ],
            [],
        ),
    ],
)
def test_a_limit_holds_to_its_figure_and_to_its_day(rates: list[dict[str, Any]], codes: list[str]) -> None:
    """The whole is no more than the whole, and the last day of a guarantee is guaranteed (accord art. 5.3)."""
    assert [f.code for f in errors(validate(agreement({"/guarantees/0/rates": rates}), SCHEME, RULES))] == codes


def test_before_the_decree_an_accord_owes_none_of_its_minimum() -> None:
    """Décret 2022-581, in force on 2022-04-20: under 40 % and 90 % an accord breaks it from that day on, not before."""
    low = {"/guarantees/0/benefit/target": "0.3900", "/effective/from": "2021-01-01"}
    old = agreement(low | {f"/guarantees/{n}/rates/0/from": "2021-01-01" for n in range(4)})
    found = [f for f in errors(validate(old, None, RULES)) if f.code.startswith("below_minimum")]
    assert [f.code for f in found] == ["below_minimum_annuity"] + ["below_minimum_guarantee"] * 3
    assert {f.since for f in found} == {date(2022, 4, 20)}


def test_an_exception_that_contradicts_itself_is_told_so_before_the_law_is_asked() -> None:
    """Its base cover is at 39 %, which the decree refuses, and has two rates on the same days, which no accord may."""
    guarantee = changed({"/guarantees/0/benefit/target": "0.3900"})["guarantees"][0]
    one = {"employer": "99985002700015", "from": "2026-01-01", "source": "avenant"}
    for rates, codes in (
        ([RATE, RATE], ["rates_overlap"]),
        ([RATE], ["below_minimum_annuity", *["below_minimum_guarantee"] * 3]),
    ):
        said = agreement({"/exceptions": [{**one, "guarantees": [{**guarantee, "rates": rates}]}]})
        found = errors(validate(said, None, RULES))
        assert [(f.code, f.pointer) for f in found] == [(code, "/exceptions/0") for code in codes]


def test_errors_block_and_doubts_travel() -> None:
    assert {f.severity for f in accepted(agreement(), SCHEME, RULES)} == {Severity.WARNING}
    broken = agreement({"/guarantees/0/rates/0/employer_share": "0.1"})
    with pytest.raises(InvalidAgreement) as caught:
        accepted(broken, SCHEME, RULES)
    assert len(caught.value.findings) == len(errors(validate(broken, SCHEME, RULES)))
    assert caught.value.pointer == caught.value.findings[0].pointer


def test_a_mandatory_guarantee_of_another_shape_is_not_held_to_the_minimum() -> None:
    """A compulsory death cover pays a capital: the decree's minimum does not speak of it."""
    found = validate(agreement({"/guarantees/1/mandatory": True}), SCHEME, RULES)
    assert not errors(found)


def test_a_mandatory_guarantee_without_rate_is_caught_before_the_law_is_asked() -> None:
    assert [f.code for f in errors(structure(agreement({"/guarantees/1/rates": []})))] == ["rate_missing"]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"/signature": {}}, "/signature/signed_on"),
        ({"/signatories": [{"side": "EMPLOYER", "party": "V", "name": "S"}] * 4}, "/signatories"),
        ({"/signatories/0": None}, "/signatories"),
    ],
)
def test_what_a_signature_needs(change: dict[str, Any], pointer: str) -> None:
    with pytest.raises(NotSignable) as caught:
        check_signable(agreement(change))
    assert caught.value.pointer == pointer


def test_the_real_accord_can_be_signed() -> None:
    check_signable(agreement())
    assert [f.code for f in accepted(agreement(), None, RULES) if f.severity is Severity.ERROR] == []
