"""Cover, case by case: articles 2 and 3 of the accord, in the words of the accord."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from kit.period import Period
from rules.book import RuleBook
from rules.vocabulary import ContractKind, EmploymentKind, Guarantee, PositionKind
from services.eligibility.domain.affiliation import decide
from services.eligibility.domain.documents import file_document, read_file, read_terms
from services.eligibility.domain.errors import BeforeFirstPeriod, PositionOverlap
from services.eligibility.domain.file import AgentFile, Dispense, Employment, Position
from services.eligibility.domain.grounds import explained, references
from services.eligibility.domain.simulation import simulate
from tests.services.eligibility.accord import content
from tests.services.eligibility.accord import terms as accord

CASES = yaml.safe_load((Path(__file__).parent / "golden" / "affiliation.yaml").read_text())
RULES = RuleBook.load()


def day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def period(start: str, end: str | None) -> Period:
    return Period(date.fromisoformat(start), day(end))


def file_of(case: dict[str, Any]) -> AgentFile:
    asked = case.get("dispense")
    return AgentFile(
        employments=tuple(
            Employment(EmploymentKind(kind), contract and ContractKind(contract), period(start, end), Decimal(hours))
            for kind, contract, start, end, hours in case["jobs"]
        ),
        positions=tuple(
            Position(PositionKind(kind), period(start, end), paid)
            for kind, start, end, paid in case.get("positions", [])
        ),
        prior_collective_cover=case.get("prior", False),
        dispenses=()
        if asked is None
        else (
            Dispense(
                date.fromisoformat(asked["requested_on"]),
                asked["individual_cover"],
                tuple(date.fromisoformat(proof) for proof in asked["proofs"]),
            ),
        ),
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_cover(case: dict[str, Any]) -> None:
    file, terms = file_of(case), accord()
    as_of = day(case.get("as_of")) or day(case["periods"][0][0])
    assert as_of is not None
    found = simulate(file, [Guarantee(g) for g in case.get("options", [])], terms, as_of, RULES)
    shown = [[str(s.period.start), s.period.end and str(s.period.end), s.outcome.value] for s in found.stretches]
    assert shown == case["periods"]
    assert found.outcome.value == case.get("outcome", case["periods"][0][2])
    if "held" in case:
        held = [[o.guarantee.value, str(o.period.start), o.period.end and str(o.period.end)] for o in found.options]
        assert held == case["held"]
    assert read_file(file_document(file)) == file


def test_every_case_has_a_source_and_its_own_name() -> None:
    assert all(case["source"] for case in CASES)
    assert len({case["name"] for case in CASES}) == len(CASES)


@pytest.mark.parametrize("article", ["art. 2.1", "art. 2.2", "art. 3"])
def test_each_article_is_cited_by_a_reason(article: str) -> None:
    cited: set[str] = set()
    for case in CASES:
        file, terms = file_of(case), accord()
        cited |= set(references(explained(decide(file, terms), file, terms)))
    assert any(article in reference for reference in cited)


def test_an_option_left_out_leaves_a_step() -> None:
    file = file_of({"jobs": [["CONTRACTUEL_PUBLIC", "CDI", "2025-03-01", None, "35"]]})
    found = simulate(file, [Guarantee.RETIREMENT_LOSS], accord(), date(2025, 6, 1), RULES)
    assert found.options == ()
    assert [(s.rule, s.result) for s in found.trace.steps if s.rule == "eligibility.option"] == [
        ("eligibility.option", "not_open")
    ]


def test_a_day_before_the_first_period_is_refused() -> None:
    file = file_of({"jobs": [["TITULAIRE", None, "2025-03-01", None, "35"]]})
    with pytest.raises(BeforeFirstPeriod):
        simulate(file, [], accord(), date(2025, 2, 28), RULES)


def test_overlapping_positions_are_refused() -> None:
    jobs = [["TITULAIRE", None, "2020-03-01", None, "35"]]
    positions = [["CMO", "2025-02-01", "2025-02-10", True], ["CLM", "2025-02-10", "2025-03-10", True]]
    with pytest.raises(PositionOverlap):
        simulate(file_of({"jobs": jobs, "positions": positions}), [], accord(), date(2025, 2, 28), RULES)


def test_an_accord_that_ends_covers_nobody_after() -> None:
    file = file_of({"jobs": [["TITULAIRE", None, "2020-03-01", None, "35"]]})
    terms = accord(bound=Period(date(2025, 1, 1), date(2026, 12, 31)))
    stretches = explained(decide(file, terms), file, terms)
    assert [(str(s.period.start), s.outcome.value) for s in stretches] == [
        ("2025-01-01", "AFFILIATED"),
        ("2027-01-01", "ENDED"),
    ]
    assert stretches[1].reasons[0].reference == "accord art. 8 et 9"


def test_an_employer_never_bound_has_no_terms() -> None:
    assert read_terms(content(), Period(date(2020, 1, 1), date(2024, 12, 31))) is None


def test_an_accord_without_dispense_lets_nobody_out() -> None:
    terms = accord(eligibility={"dispense": None})
    case = next(c for c in CASES if c["name"] == "hired later, asked on the fifteenth day")
    assert [s.outcome.value for s in decide(file_of(case), terms).stretches] == ["AFFILIATED", "ENDED"]
