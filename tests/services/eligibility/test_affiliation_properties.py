"""What holds for any file: the timeline is whole, says what each day says, and does not depend on how facts came."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from kit.period import Period
from rules.vocabulary import AffiliationOutcome, ContractKind, EmploymentKind
from services.eligibility.domain.affiliation import Timeline, decide
from services.eligibility.domain.decision import inputs_of, taken
from services.eligibility.domain.file import AgentFile, Employment
from services.eligibility.domain.grounds import explained
from tests.services.eligibility.accord import content, terms
from tests.services.eligibility.files import FILES
from tests.services.eligibility.oracle import EFFECT, outcome

TERMS = terms()
CONTENT = content()
HORIZON = date(2028, 12, 31)


def shown(timeline: Timeline) -> list[tuple[Period, AffiliationOutcome]]:
    return [(s.period, s.outcome) for s in timeline.stretches]


def turning_days(file: AgentFile, timeline: Timeline) -> set[date]:
    """Days on which something may change, and their neighbours: a mistake by one day shows there."""
    days = {s.period.start for s in timeline.stretches}
    for period in (*(e.period for e in file.employments), *(p.period for p in file.positions)):
        days |= {period.start, period.last if period.end else period.start}
    near = {day + timedelta(days=shift) for day in days for shift in (-1, 0, 1, 29, 30, 31)}
    return {day for day in near if timeline.first_day <= day <= HORIZON}


@given(FILES, st.data())
@settings(max_examples=150, deadline=None)
def test_each_day_says_what_the_accord_says_of_it(file: AgentFile, data: st.DataObject) -> None:
    timeline = decide(file, TERMS)
    days = sorted(turning_days(file, timeline))
    for day in data.draw(st.lists(st.sampled_from(days), min_size=1, max_size=12, unique=True)):
        assert timeline.on(day).value == outcome(file, day), day


@given(FILES)
@settings(deadline=None)
def test_the_timeline_is_whole(file: AgentFile) -> None:
    timeline = decide(file, TERMS)
    first = max(EFFECT, min(e.period.start for e in file.employments))
    assert timeline.stretches[0].period.start == first
    assert timeline.stretches[-1].period.end is None
    for before, after in pairwise(timeline.stretches):
        assert after.period.follows(before.period)
        assert before.outcome is not after.outcome


@given(FILES, st.randoms(use_true_random=False))
@settings(deadline=None)
def test_the_order_of_facts_does_not_matter(file: AgentFile, random: Any) -> None:
    shuffled = replace(
        file,
        employments=tuple(random.sample(file.employments, len(file.employments))),
        positions=tuple(random.sample(file.positions, len(file.positions))),
        dispenses=tuple(
            replace(one, proofs=tuple(random.sample(one.proofs, len(one.proofs))))
            for one in random.sample(file.dispenses, len(file.dispenses))
        ),
    )
    assert shown(decide(shuffled, TERMS)) == shown(decide(file, TERMS))


@given(FILES, st.data())
@settings(deadline=None)
def test_splitting_a_position_changes_nothing(file: AgentFile, data: st.DataObject) -> None:
    long_ones = [p for p in file.positions if p.period.end is None or p.period.days > 1]
    if not long_ones:
        return
    whole = data.draw(st.sampled_from(long_ones))
    room = 30 if whole.period.end is None else whole.period.days - 1
    cut = whole.period.start + timedelta(days=data.draw(st.integers(1, room)))
    parts = (
        replace(whole, period=Period(whole.period.start, cut - timedelta(days=1))),
        replace(whole, period=Period(cut, whole.period.end)),
    )
    split = replace(file, positions=(*(p for p in file.positions if p != whole), *parts))
    assert shown(decide(split, TERMS)) == shown(decide(file, TERMS))


@given(FILES)
@settings(deadline=None)
def test_no_day_without_employment_is_covered(file: AgentFile) -> None:
    for period, found in shown(decide(file, TERMS)):
        employed = any(e.period.meets(period) for e in file.employments)
        assert (found is AffiliationOutcome.ENDED) is not employed


@given(FILES)
@settings(deadline=None)
def test_a_vacation_more_takes_no_cover_away(file: AgentFile) -> None:
    vacation = Employment(
        EmploymentKind.VACATAIRE,
        ContractKind.CDD,
        Period(date(2025, 1, 1), date(2027, 12, 31)),
        file.employments[0].weekly_hours,
    )
    more = decide(replace(file, employments=(*file.employments, vacation)), TERMS)
    for period, found in shown(decide(file, TERMS)):
        if found is not AffiliationOutcome.ENDED:
            assert more.on(period.start) is found


@given(FILES)
@settings(deadline=None)
def test_nothing_is_deferred_or_dispensed_without_a_cause(file: AgentFile) -> None:
    free = replace(file, prior_collective_cover=True, dispenses=())
    outcomes = {found for _, found in shown(decide(free, TERMS))}
    assert not outcomes & {AffiliationOutcome.DEFERRED, AffiliationOutcome.DISPENSED}


@given(FILES)
@settings(deadline=None)
def test_every_stretch_is_explained(file: AgentFile) -> None:
    timeline = decide(file, TERMS)
    for stretch in explained(timeline, file, TERMS):
        assert stretch.reasons
        assert all(reason.reference.startswith("accord art.") for reason in stretch.reasons)


@given(FILES)
@settings(deadline=None)
def test_a_decision_taken_again_from_its_snapshot_gives_the_same_bytes(file: AgentFile) -> None:
    first = taken(inputs_of(file, CONTENT, Period(date(2025, 1, 1))))
    assert first is not None
    again = taken(first.snapshot.inputs)
    assert again is not None
    assert again.snapshot.bytes() == first.snapshot.bytes()
