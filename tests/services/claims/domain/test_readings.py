"""How an accord reads day by day: avenants from their day on, exceptions for their employer on theirs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from services.claims.domain.agent_file import DatedTerms
from services.claims.domain.proposal import propose
from services.claims.domain.terms_document import kept, read_terms, readings
from tests.services.claims.domain.files import covered, entry, file, leave
from tests.services.claims.domain.histories import BOOK
from tests.services.claims.simulator import ACCORD

CITY, OTHER = "99985001900012", "99985001900020"
AGREEMENT: Final = str(ACCORD["agreement"])


def at_level(target: str) -> list[dict[str, Any]]:
    """The accord's guarantees with another level of income maintenance."""
    return [
        {**one, "benefit": {**one["benefit"], "target": target}} if one["code"] == "BASE" else one
        for one in ACCORD["guarantees"]
    ]


def version(target: str, exceptions: Iterable[dict[str, Any]] = ()) -> dict[str, Any]:
    said = {"guarantees": at_level(target), "contribution_base": ACCORD["contribution_base"]}
    return {**said, "exceptions": list(exceptions)}


def document(now: dict[str, Any], *formerly: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    return kept({**ACCORD, **now, "formerly": [{**said, "to": last} for last, said in formerly]})


def levels(whole: dict[str, Any], employer: str | None) -> list[tuple[str, str]]:
    """The first day and the level of each reading."""
    return [(day.isoformat(), read_terms(said).income.target.text(2)) for day, said in readings(whole, employer)]


def test_one_version_reads_alike_from_the_first_day() -> None:
    assert levels(document(version("0.95")), CITY) == [("2025-01-01", "0.95")]


def test_an_avenant_holds_from_its_day_on() -> None:
    whole = document(version("0.80"), ("2025-12-31", version("0.95")), ("2026-12-31", version("0.90")))
    assert levels(whole, None) == [("2025-01-01", "0.95"), ("2026-01-01", "0.90"), ("2027-01-01", "0.80")]


def test_what_was_said_before_the_accord_took_effect_is_no_reading() -> None:
    assert levels(document(version("0.90"), ("2024-06-30", version("0.95"))), None) == [("2025-01-01", "0.90")]


def test_an_exception_reads_on_its_days_for_its_employer() -> None:
    own = {"employer": CITY, "from": "2026-01-01", "to": "2026-06-30", "guarantees": at_level("0.90")[:1]}
    whole = document(version("0.95", [own]))
    assert levels(whole, CITY) == [("2025-01-01", "0.95"), ("2026-01-01", "0.90"), ("2026-07-01", "0.95")]
    assert levels(whole, OTHER) == levels(whole, None) == [("2025-01-01", "0.95")]


def test_an_exception_without_an_end_reads_until_the_avenant_that_drops_it() -> None:
    own = {"employer": CITY, "from": "2025-01-01", "to": None, "guarantees": at_level("0.90")[:1]}
    whole = document(version("0.80"), ("2025-12-31", version("0.95", [own])))
    assert levels(whole, CITY) == [("2025-01-01", "0.90"), ("2026-01-01", "0.80")]


def test_a_claim_keeps_the_level_of_the_day_its_leave_began() -> None:
    """The avenant of March takes nothing from a leave of February, and is what a leave of April is paid by."""
    whole = document(version("0.90"), ("2026-02-28", version("0.95")))
    terms = {AGREEMENT: tuple(DatedTerms(day, read_terms(said), said) for day, said in readings(whole, CITY))}

    def level(start: str, end: str) -> str:
        known = file(leaves=(leave(entry(start, end)),), terms=terms, affiliations=(covered(agreement=AGREEMENT),))
        (claim,) = propose(known, BOOK).claims
        assert claim.version.start <= date.fromisoformat(start)
        return claim.version.terms.income.target.text(2)

    assert level("2026-02-01", "2026-06-30") == "0.95"
    assert level("2026-04-01", "2026-09-30") == "0.90"


def test_an_exception_reads_in_no_version_but_while_that_version_holds() -> None:
    """One that an avenant brings from before its own day, one that begins after the version that has it is over."""
    long = {"employer": CITY, "from": "2025-01-01", "to": "2026-06-30", "guarantees": at_level("0.90")[:1]}
    over = {**long, "to": "2025-12-31"}
    never = {**long, "from": "2027-01-01", "to": None}
    whole = document(version("0.80", [over, long]), ("2025-12-31", version("0.95", [never])))
    assert levels(whole, CITY) == [("2025-01-01", "0.95"), ("2026-01-01", "0.90"), ("2026-07-01", "0.80")]
