"""What is told of a timeline as days pass: everything that became true, once, however often one looks."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from kit.period import Period
from rules.vocabulary import AffiliationOutcome as Outcome
from services.eligibility.domain.affiliation import Stretch, decide
from services.eligibility.domain.announcement import Move, Told, Transition, announce, transitions
from services.eligibility.domain.file import AgentFile
from tests.services.eligibility.accord import terms
from tests.services.eligibility.files import FILES

TERMS = terms()
FIRST = date(2024, 12, 1)
DISPENSES = {Move.GRANTED, Move.LAPSED}
WITHHELD = {Move.WITHHELD}
COVER = set(Move) - DISPENSES - WITHHELD


def stretches(*parts: tuple[str, str]) -> list[Stretch]:
    """Outcomes by their first day; each lasts until the next."""
    days = [date.fromisoformat(start) for start, _ in parts]
    ends = [day - timedelta(days=1) for day in days[1:]]
    return [
        Stretch(Period(day, end), Outcome(outcome), ())
        for day, end, (_, outcome) in zip(days, [*ends, None], parts, strict=True)
    ]


def moves(*parts: tuple[str, str]) -> list[tuple[str, str]]:
    return [(t.move.value, str(t.period.start)) for t in transitions(stretches(*parts))]


def test_a_life_of_cover() -> None:
    life = [
        ("2025-01-01", "NOT_YET_ELIGIBLE"),
        ("2025-07-01", "AFFILIATED"),
        ("2025-09-01", "SUSPENDED"),
        ("2025-11-01", "AFFILIATED"),
        ("2026-01-01", "ENDED"),
        ("2026-03-01", "AFFILIATED"),
    ]
    assert moves(*life) == [
        ("withheld", "2025-01-01"),
        ("started", "2025-07-01"),
        ("suspended", "2025-09-01"),
        ("resumed", "2025-11-01"),
        ("ended", "2026-01-01"),
        ("started", "2026-03-01"),
    ]


def test_of_who_is_never_covered_it_is_told_that_cover_is_withheld() -> None:
    assert moves(("2025-01-01", "EXCLUDED"), ("2025-05-01", "ENDED")) == [("withheld", "2025-01-01")]


def test_suspended_from_the_first_day() -> None:
    assert moves(("2025-01-01", "SUSPENDED"), ("2025-05-01", "AFFILIATED")) == [
        ("suspended", "2025-01-01"),
        ("resumed", "2025-05-01"),
    ]


def test_what_lies_ahead_waits_for_its_day() -> None:
    ahead = transitions(stretches(("2025-01-01", "DEFERRED"), ("2025-04-20", "AFFILIATED")))
    before = announce(ahead, (), date(2025, 4, 19))
    assert [t.move for t in before.tell] == [Move.WITHHELD]
    assert before.again_on == date(2025, 4, 20)
    on_the_day = announce(ahead, before.told, date(2025, 4, 20))
    assert [t.move for t in on_the_day.tell] == [Move.STARTED]
    assert on_the_day.again_on is None


def test_another_end_is_told_again() -> None:
    first = announce(transitions(stretches(("2025-01-01", "AFFILIATED"))), (), date(2025, 6, 1))
    ending = stretches(("2025-01-01", "AFFILIATED"), ("2025-12-01", "ENDED"))
    second = announce(transitions(ending), first.told, date(2025, 6, 1))
    assert [(t.move, t.period.end) for t in second.tell] == [(Move.STARTED, date(2025, 11, 30))]


def test_what_never_was_is_taken_back_once() -> None:
    told = (Told(Move.STARTED, Period(date(2025, 2, 1))),)
    nothing = transitions(stretches(("2025-01-01", "NOT_YET_ELIGIBLE"), ("2025-09-01", "AFFILIATED")))
    back = announce(nothing, told, date(2025, 6, 1))
    said = [(t.move, t.period.start) for t in back.tell]
    assert said == [(Move.WITHHELD, date(2025, 1, 1)), (Move.ENDED, date(2025, 2, 1))]
    assert back.again_on == date(2025, 9, 1)
    assert announce(nothing, back.told, date(2025, 6, 2)).tell == ()


@given(FILES, st.lists(st.integers(1, 200), max_size=8))
@settings(deadline=None)
def test_looked_at_often_or_once_the_same_is_told(file: AgentFile, pauses: list[int]) -> None:
    """A worker that was down catches up: the last word is the same, and no move is told twice."""
    all_moves = transitions(decide(file, TERMS).stretches)
    today, told, said = FIRST, tuple[Told, ...](), list[Transition]()
    for pause in pauses:
        today += timedelta(days=pause)
        step = announce(all_moves, told, today)
        told, said = step.told, [*said, *step.tell]
        assert announce(all_moves, told, today).tell == ()
    once = announce(all_moves, (), today)
    assert tuple(said) == once.tell
    assert told == once.told


@given(FILES)
@settings(deadline=None)
def test_the_next_day_to_look_is_the_next_move(file: AgentFile) -> None:
    all_moves = transitions(decide(file, TERMS).stretches)
    today = FIRST
    for _ in range(20):
        step = announce(all_moves, (), today)
        assert all(move.period.start <= today for move in step.tell)
        if step.again_on is None:
            break
        assert step.again_on > today
        today = step.again_on
    assert len(announce(all_moves, (), today).tell) == len(all_moves)


@given(FILES, FILES)
@settings(deadline=None)
def test_changed_and_undone_the_last_word_is_the_first(before: AgentFile, other: AgentFile) -> None:
    """Whoever applies the last event of each file holds the timeline of the file as it is again."""
    today = date(2026, 6, 1)
    moves_before, moves_other = (transitions(decide(f, TERMS).stretches) for f in (before, other))
    first = announce(moves_before, (), today)
    changed = announce(moves_other, first.told, today)
    undone = announce(moves_before, changed.told, today)
    for back, own in ((Move.ENDED, COVER), (Move.LAPSED, DISPENSES)):
        last, word = ([said for said in one.told if said.move in own] for one in (undone, first))
        held = any(said.move is not back for said in last)
        assert held == any(said.move is not back for said in word)
        if held:
            assert last == word
