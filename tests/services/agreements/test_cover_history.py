"""What an accord said, as its event tells it: an avenant changes nothing before its day."""

from __future__ import annotations

from datetime import date
from typing import Any

from services.agreements.application.payloads import AgreementPublished
from services.agreements.domain.cover_history import formerly
from tests.services.agreements.accord import document


def saying(months: int) -> dict[str, Any]:
    """The accord with another seniority."""
    whole = document().dump()
    return {**whole, "eligibility": {**whole["eligibility"], "seniority_months": months}}


def told(*versions: tuple[str | None, int]) -> list[tuple[str, int]]:
    """The last day and the seniority of each former reading."""
    days = [(None if day is None else date.fromisoformat(day), saying(months)) for day, months in versions]
    return [(one["to"], one["eligibility"]["seniority_months"]) for one in formerly(days)]


def test_one_version_has_no_past() -> None:
    assert told((None, 6)) == []


def test_an_avenant_leaves_what_was_said_before_its_day() -> None:
    assert told((None, 6), ("2026-01-01", 3), ("2027-01-01", 9)) == [("2025-12-31", 6), ("2026-12-31", 3)]


def test_versions_that_say_the_same_are_one() -> None:
    assert told((None, 6), ("2026-01-01", 6), ("2027-01-01", 9)) == [("2026-12-31", 6)]
    assert told((None, 6), ("2026-01-01", 3), ("2026-01-01", 6)) == []


def test_an_avenant_of_the_past_replaces_all_that_came_after_its_day() -> None:
    assert told((None, 6), ("2027-01-01", 3), ("2026-01-01", 9)) == [("2025-12-31", 6)]


def test_it_is_told_with_the_terms() -> None:
    past = formerly([(None, saying(6)), (date(2026, 1, 1), saying(3))])
    said = AgreementPublished.of(document(), 2, formerly=past).model_dump(mode="json")
    (one,) = said["formerly"]
    assert (one["to"], one["eligibility"]["seniority_months"]) == ("2025-12-31", 6)
    assert (one["guarantees"], one["contribution_base"]) == (said["guarantees"], said["contribution_base"])
