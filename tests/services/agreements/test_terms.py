"""The terms on a day, and what a revision may do to a rate."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.rate import Rate
from services.agreements.domain.terms import highest_after_revision, terms_on
from services.agreements.domain.validity import insured_until
from tests.golden.cases import read
from tests.services.agreements.accord import agreement, scheme

CASES = read("accord-terms")
REAL = agreement()
SCHEME = scheme().to_domain()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_terms_on_a_day(case: dict[str, Any]) -> None:
    terms = terms_on(REAL, date.fromisoformat(case["day"]), insured_until(REAL.insurers, SCHEME))
    assert terms.in_force is case["in_force"]
    assert {g.term.code.value: g.rate.rate.text() for g in terms.guarantees} == case["rates"]
    assert {g.guaranteed for g in terms.guarantees} == ({case["guaranteed"]} if case["rates"] else set())
    assert (terms.insurer.code if terms.insurer else None) == case["insurer"]
    assert len(terms.employers) == (4 if case["in_force"] else 0)
    if "employers" in case:
        assert [employer.name for employer in terms.employers] == case["employers"]


def test_a_guarantee_without_a_rate_on_a_day_is_not_in_the_terms() -> None:
    late = agreement({"/guarantees/1/rates/0/from": "2026-01-01"})
    assert "DEATH" not in {g.term.code for g in terms_on(late, date(2025, 6, 1)).guarantees}


def test_a_rate_guaranteed_for_ever() -> None:
    lasting = agreement({"/guarantees/0/rates/0/guaranteed_to": None})
    assert terms_on(lasting, date(2040, 1, 1)).guarantees[0].guaranteed


@given(st.dates(date(2025, 1, 1), date(2060, 12, 31)))
def test_every_day_of_the_accord_has_one_rate_per_guarantee(day: date) -> None:
    terms = terms_on(REAL, day)
    assert [g.term.code for g in terms.guarantees] == [g.code for g in REAL.guarantees]


@given(st.dates(date(2020, 1, 1), date(2060, 12, 31)), st.integers(0, 4000))
def test_terms_change_only_at_dates_the_document_names(day: date, length: int) -> None:
    """Between two days with no date of the document in between, the terms are the same."""
    ends = {r.guaranteed_to + timedelta(1) for g in REAL.guarantees for r in g.rates if r.guaranteed_to}
    later = min([day + timedelta(length), *(b - timedelta(1) for b in {REAL.effective.start, *ends} if b > day)])
    first, last = terms_on(REAL, day), terms_on(REAL, later)
    assert (first.in_force, first.guarantees, first.employers) == (last.in_force, last.guarantees, last.employers)


def test_the_highest_rate_of_a_revision() -> None:
    """Rulebook S18: 2.05 % may become 2.3575 %, then again fifteen per cent of that."""
    first = highest_after_revision(REAL, Rate.parse("0.0205"))
    assert first is not None
    assert first.value == Decimal("0.023575")
    second = highest_after_revision(REAL, first)
    assert second is not None
    assert second.value == Decimal("0.02711125")
    assert highest_after_revision(agreement({"/rate_revision": None}), first) is None


def test_nobody_knows_how_long_an_accord_is_insured_without_a_convention() -> None:
    assert insured_until(REAL.insurers, None) is None
    assert insured_until(REAL.insurers, replace(SCHEME, conventions=())) is None
    assert insured_until(agreement({"/insurers": []}).insurers, SCHEME) is None


def test_another_insurer_after_the_market_carries_the_accord_on() -> None:
    """Art. 8: the object has not disappeared."""
    insurers = [
        {"code": "demo-a", "name": "A", "from": "2025-01-01", "to": "2030-12-31"},
        {"code": "demo-b", "name": "B", "from": "2031-01-01", "to": "2036-12-31"},
    ]
    assert insured_until(agreement({"/insurers": insurers}).insurers, SCHEME) == date(2036, 12, 31)
