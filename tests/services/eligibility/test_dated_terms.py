"""Cover when the accord changes: suspensions, ends, avenants and exceptions hold on their days, and on no other."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kit.period import Period
from rules.vocabulary import AffiliationOutcome as Outcome
from services.eligibility.api.simulation import AffiliationRequest
from services.eligibility.domain.affiliation import Timeline, decide
from services.eligibility.domain.announcement import Move, transitions
from services.eligibility.domain.decision import inputs_of, taken
from services.eligibility.domain.ending import EndingKind, ending_of
from services.eligibility.domain.file import AgentFile
from services.eligibility.domain.terms import EligibilityTerms
from services.eligibility.domain.terms_document import read_terms, terms_for
from tests.golden.cases import read
from tests.services.eligibility.accord import FROM_THE_EFFECT, content
from tests.services.eligibility.files import FILES

CASES = read("affiliation-terms")
CITY = "99985001900012"
BASE = content()
TERMS = read_terms(terms_for(BASE, None), FROM_THE_EFFECT)
assert TERMS is not None, "the accord is in force"
HORIZON = date(2028, 12, 31)
SPANS = st.builds(
    lambda start, days: Period(start, None if days is None else start + timedelta(days=days)),
    st.dates(date(2025, 1, 1), date(2026, 12, 31)),
    st.one_of(st.none(), st.integers(0, 200)),
)


def merged(base: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    """The base with what differs, group by group."""
    both = {name: merged(base[name], said) for name, said in change.items() if isinstance(said, dict) and base[name]}
    return {**base, **change, **both}


def accord(**change: Any) -> dict[str, Any]:
    """The accord with what differs; the layers of its past and its exceptions are made whole."""
    base = BASE["eligibility"]

    def layer(one: dict[str, Any]) -> dict[str, Any]:
        return {"guarantees": BASE["guarantees"], **one, "eligibility": merged(base, one["eligibility"])}

    said = {**BASE, **change}
    said["eligibility"] = merged(base, change.get("eligibility", {}))
    said["exceptions"] = [{**layer(one), "guarantees": []} for one in change.get("exceptions", ())]
    said["formerly"] = [
        {**layer(one), "exceptions": [{**layer(e), "guarantees": []} for e in one.get("exceptions", ())]}
        for one in change.get("formerly", ())
    ]
    return said


def days_of(document: dict[str, str | None]) -> Period:
    start, end = document["start"], document["end"]
    assert start is not None, "a period begins"
    return Period(date.fromisoformat(start), None if end is None else date.fromisoformat(end))


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["name"]))
def test_cover(case: dict[str, Any]) -> None:
    body = {name: case[name] for name in ("employments", "positions", "dispense") if name in case}
    file = (
        AffiliationRequest.model_validate({"agreement": BASE["agreement"], "as_of": "2025-06-01", **body})
        .supposition()
        .file
    )
    bound = days_of(case["bound"]) if "bound" in case else FROM_THE_EFFECT
    inputs = inputs_of(file, accord(**case.get("accord", {})), bound, employer=case.get("employer"))
    decision = taken(inputs)
    assert decision is not None
    found = [
        [str(s.period.start), s.outcome.value, [r.rule.removeprefix("eligibility.") for r in s.reasons]]
        for s in decision.stretches
    ]
    assert found == case["expect"]
    again = taken(decision.snapshot.inputs)
    assert again is not None
    assert again.snapshot.bytes() == decision.snapshot.bytes()


def terms(change: dict[str, Any], employer: str | None = None) -> EligibilityTerms:
    found = read_terms(terms_for(accord(**change), employer), FROM_THE_EFFECT)
    assert found is not None
    return found


def days(*timelines: Timeline) -> list[date]:
    """The days on which one of them turns, and their eves, from the day on which all have begun."""
    first = max(one.first_day for one in timelines)
    turns = {s.period.start for one in timelines for s in one.stretches}
    return sorted(day for turn in turns for day in (turn, turn - timedelta(days=1)) if first <= day <= HORIZON)


@given(FILES, SPANS)
@settings(deadline=None)
def test_a_suspension_suspends_who_is_covered_and_changes_nothing_else(file: AgentFile, span: Period) -> None:
    assert TERMS is not None
    plain, suspended = decide(file, TERMS), decide(file, replace(TERMS, suspensions=(span,)))
    for day in days(plain, suspended):
        expected = plain.on(day)
        if day in span and expected is Outcome.AFFILIATED:
            expected = Outcome.SUSPENDED
        assert suspended.on(day) is expected


@given(FILES, st.dates(date(2025, 1, 1), date(2026, 12, 31)))
@settings(deadline=None)
def test_an_end_changes_nothing_before_it_and_leaves_nobody_after(file: AgentFile, last: date) -> None:
    assert TERMS is not None
    plain, ended = decide(file, TERMS), decide(file, replace(TERMS, effective=Period(date(2025, 1, 1), last)))
    for day in days(plain, ended):
        assert ended.on(day) is (plain.on(day) if day <= last else Outcome.ENDED)


CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "return_days": st.integers(1, 60),
        "seniority_months": st.integers(0, 12),
        "seniority_gap_days": st.integers(0, 40),
        "contract_months": st.integers(1, 12),
        "excluded_kinds": st.sampled_from([[], ["VACATAIRE"], ["VACATAIRE", "APPRENTI"]]),
        "seniority_kinds": st.sampled_from([[], ["CONTRACTUEL_PUBLIC"], ["CONTRACTUEL_PUBLIC", "APPRENTI"]]),
        "dispense": st.sampled_from([None, {"proof_months": 6}, {"hire_days": 40}]),
        "suspension": st.just({"paid_keeps_cover": False}),
    },
)


@given(FILES, CHANGES, st.dates(date(2025, 1, 2), date(2026, 12, 31)))
@settings(deadline=None)
def test_an_avenant_changes_no_day_before_its_own(file: AgentFile, change: dict[str, Any], since: date) -> None:
    assert TERMS is not None
    eve = since - timedelta(days=1)
    revised = terms({"eligibility": change, "formerly": [{"to": eve.isoformat(), "eligibility": {}}]})
    plain, found = decide(file, TERMS), decide(file, revised)
    for day in days(plain, found):
        if day < since:
            assert found.on(day) is plain.on(day)


@given(FILES, CHANGES, st.dates(date(2024, 1, 1), date(2024, 12, 31)))
@settings(deadline=None)
def test_what_was_said_before_the_effect_changes_nothing(file: AgentFile, change: dict[str, Any], last: date) -> None:
    """An avenant older than every fact is the accord itself; proofs older than it are judged by what was said then."""
    assume(not file.dispenses)
    revised = terms({"eligibility": change, "formerly": [{"to": last.isoformat(), "eligibility": {}}]})
    plain = decide(file, terms({"eligibility": change}))
    first = min(e.period.start for e in file.employments)
    assume(first > last)
    assert decide(file, revised).stretches == plain.stretches


@given(FILES, CHANGES, SPANS)
@settings(deadline=None)
def test_an_exception_reads_as_two_avenants_for_its_employer_alone(
    file: AgentFile, change: dict[str, Any], span: Period
) -> None:
    one = {"employer": CITY, "from": span.start.isoformat(), "to": span.end and span.end.isoformat()}
    said = {"exceptions": [{**one, "eligibility": change}]}
    eve = (span.start - timedelta(days=1)).isoformat()
    former = [{"to": eve, "eligibility": {}}]
    after: dict[str, Any] = {"eligibility": change, "formerly": former}
    if span.end is not None:
        after = {"formerly": [*former, {"to": span.end.isoformat(), "eligibility": change}]}
    assert decide(file, terms(said, CITY)).stretches == decide(file, terms(after)).stretches
    assert terms(said, "99985004300012") == TERMS


def test_an_exception_reads_in_no_version_but_while_that_version_holds() -> None:
    """One that an avenant brings from before its own day, one that begins after the version that has it is over."""

    def otherwise(start: str, end: str | None, return_days: int) -> dict[str, Any]:
        return {"employer": CITY, "from": start, "to": end, "eligibility": {"return_days": return_days}}

    first = {"to": "2025-12-31", "eligibility": {}, "exceptions": [otherwise("2027-01-01", None, 1)]}
    long, over = otherwise("2025-01-01", "2026-06-30", 2), otherwise("2025-01-01", "2025-12-31", 3)
    said = {"formerly": [first], "eligibility": {"return_days": 45}, "exceptions": [long, over]}
    for employer, expected in (
        (CITY, [(date.min, 30), (date(2026, 1, 1), 2), (date(2026, 7, 1), 45)]),
        (None, [(date.min, 30), (date(2026, 1, 1), 45)]),
    ):
        found = terms(said, employer).rules
        assert [(period.start, one.return_days) for period, one in found] == expected
        assert all(after.follows(before) for (before, _), (after, _) in pairwise(found))


@given(FILES, CHANGES, CHANGES, SPANS)
@settings(deadline=None)
def test_the_timeline_is_whole_under_any_accord(
    file: AgentFile, before: dict[str, Any], after: dict[str, Any], span: Period
) -> None:
    layers = {"eligibility": after, "formerly": [{"to": "2025-09-30", "eligibility": before}]}
    suspended = [{"from": span.start.isoformat(), "to": span.end and span.end.isoformat()}]
    decision = taken(inputs_of(file, accord(**layers, suspensions=suspended), FROM_THE_EFFECT))
    assert decision is not None
    ends = [s.period.end for s in decision.stretches]
    assert ends[-1] is None
    for earlier, later in zip(decision.stretches, decision.stretches[1:], strict=False):
        assert later.period.follows(earlier.period)
        assert later.outcome is not earlier.outcome
    assert all(s.reasons for s in decision.stretches)


@pytest.mark.parametrize(
    ("effective", "bound", "cause"),
    [
        ({"from": "2025-01-01", "to": "2027-12-31"}, FROM_THE_EFFECT, EndingKind.AGREEMENT_ENDED),
        ({"from": "2025-01-01", "to": None}, Period(date(2025, 1, 1), date(2027, 12, 31)), EndingKind.ADHESION_ENDED),
    ],
)
def test_an_end_names_the_insurer_of_the_last_day(effective: dict[str, Any], bound: Period, cause: EndingKind) -> None:
    insurers = [
        {"code": "first", "from": "2025-01-01", "to": "2026-12-31"},
        {"code": "second", "from": "2027-01-01", "to": None},
    ]
    said = accord(effective=effective, insurers=insurers)
    file = (
        AffiliationRequest.model_validate(
            {
                "agreement": BASE["agreement"],
                "as_of": "2025-06-01",
                "employments": [{"kind": "TITULAIRE", "start": "2020-03-01", "weekly_hours": "35"}],
            }
        )
        .supposition()
        .file
    )
    decision = taken(inputs_of(file, said, bound))
    assert decision is not None
    started, ended = transitions(decision.stretches)
    assert (started.move, ended.move) == (Move.STARTED, Move.ENDED)
    assert ending_of(started, said) is None
    found = ending_of(ended, said)
    assert found is not None
    assert (found.kind, found.on, found.insurers) == (cause, date(2027, 12, 31), ("second",))
