"""What steers a scheme: joined without guessing, and nothing shown of too few people."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gateway.dashboard.figures import Counted, Lots, by_department, by_lot
from kit.small_groups import hidden

LEAST = 5
A, B, C = "A", "B", "C"


def decided(employer: str, agents: int, income: str = "100.00") -> dict[str, Any]:
    return {
        "employer": employer,
        "agreement": f"of-{employer}",
        "agents": agents,
        "income": income,
        "capitals": "0.00",
        "annuities": "10.00",
    }


def issued(employer: str, insurer: str | None, amount: str = "200.00") -> dict[str, Any]:
    return {"employer": employer, "agreement": f"of-{employer}", "insurer": insurer, "amount": amount, "paid": "50.00"}


COUNTED = Counted(
    employed=[{"employer": A, "agents": 20}, {"employer": B, "agents": 10}, {"employer": C, "agents": 4}],
    covered=[{"employer": A, "agreement": "of-A", "agents": 15}, {"employer": B, "agreement": "of-B", "agents": 5}],
    issued=[issued(A, "one"), issued(B, "two")],
    decided=[decided(A, 8), decided(B, 6)],
)
DEPARTMENTS = {A: "85", B: "44", C: None}


def test_a_departement_is_the_sum_of_its_employers_and_what_is_unknown_stays_so() -> None:
    groups, whole = by_department(COUNTED, DEPARTMENTS, LEAST)
    assert [(one.key, one.employed, one.covered, one.ratio) for one in groups] == [
        ("44", 10, 5, Decimal("0.500")),
        ("85", 20, 15, Decimal("0.500")),
        ("", 4, 0, None),
    ]
    assert (len(whole.employers), len(whole.covered_employers), whole.cover) == (3, 2, Decimal("0.588"))


def test_a_lot_is_that_of_the_insurer_where_it_holds_one_alone() -> None:
    conventions: list[dict[str, Any]] = [
        {"insurer": "one", "lot": 3, "from": "2025-01-01", "to": None},
        {"insurer": "two", "lot": 1, "from": "2025-01-01", "to": "2025-12-31"},
        {"insurer": "two", "lot": None, "from": "2026-01-01", "to": None},
    ]
    groups, _ = by_lot(COUNTED, Lots.of(conventions, COUNTED.issued, "2026-06-30"), LEAST)
    assert [(one.key, one.covered, sorted(one.employers)) for one in groups] == [("3", 15, [A]), ("", 5, [B, C])]


def test_few_beneficiaries_are_not_shown_nor_found_by_subtraction() -> None:
    counted = Counted(COUNTED.employed, COUNTED.covered, COUNTED.issued, [decided(A, 8), decided(B, 2)])
    groups, whole = by_department(counted, DEPARTMENTS, LEAST)
    assert {one.key: (one.masked, one.ratio) for one in groups} == {
        "44": (True, None),
        "85": (True, None),
        "": (False, None),
    }
    assert not whole.masked
    assert by_department(Counted((), (), (), [decided(A, 4)]), DEPARTMENTS, LEAST)[1].masked


@given(st.lists(st.integers(0, 30), max_size=12), st.integers(1, 12))
def test_what_is_hidden_together_is_of_enough_people_or_is_all_there_is(persons: list[int], least: int) -> None:
    found = hidden(persons, least)
    together = sum(persons[place] for place in found)
    assert all(count == 0 or count >= least for place, count in enumerate(persons) if place not in found)
    assert not found or together >= least or together == sum(persons)
