"""Random lives on leave, for Hypothesis."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Final

from hypothesis import settings
from hypothesis import strategies as st

from kit.period import Period
from kit.rate import Rate
from rules.book import RuleBook
from rules.vocabulary import LeaveKind, PathologyGroup, Regime
from services.claims.domain.leave import Entry, Person

BOOK = RuleBook.load()
KINDS = {
    regime: [
        LeaveKind(row["kind"])
        for row in BOOK.table("leave.applicable", date(2026, 1, 1))
        if row["regime"] == regime.value
    ]
    for regime in (Regime.CNRACL, Regime.IRCANTEC_FONCTIONNAIRE, Regime.CONTRACTUEL_PUBLIC)
}
QUOTITIES = (None, *(Rate.parse(row["quotity"]) for row in BOOK.table("leave.tpt.quotities", date(2026, 1, 1))))
# `make deep` looks at fifty times as many histories.
DEEPER: Final = 50 if os.environ.get("RELAIS_DEPTH") == "deep" else 1


def looking_at(examples: int) -> settings:
    """So many examples, and more in a deep run."""
    return settings(max_examples=examples * DEEPER, deadline=None)


# Weeks off and years off; a gap of zero days makes a renewal or another leave at once.
LENGTHS = st.one_of(st.integers(1, 40), st.integers(60, 130), st.integers(300, 420))
GAPS = st.one_of(st.just(0), st.integers(1, 30), st.integers(330, 400))
STARTS = st.dates(date(2015, 1, 1), date(2024, 12, 31))


@st.composite
def histories(draw: st.DrawFn, kinds: tuple[LeaveKind, ...] = (), longest: int = 7) -> tuple[Person, list[Entry]]:
    """An agent and his leaves, in date order; `kinds` keeps to those the regime knows among them."""
    regime = draw(st.sampled_from(list(KINDS)))
    known = [kind for kind in KINDS[regime] if not kinds or kind in kinds] or KINDS[regime]
    favourite = draw(st.sampled_from(known))
    day = draw(STARTS)
    person = Person(regime, day - timedelta(days=draw(st.integers(0, 1500))))
    if regime is Regime.CONTRACTUEL_PUBLIC:
        gaps = draw(st.lists(st.tuples(st.integers(-300, 900), st.integers(1, 150)), max_size=3))
        person = replace(person, interruptions=tuple(_days(day, after, days) for after, days in gaps))
    entries = []
    for _ in range(draw(st.integers(1, longest))):
        kind = draw(st.sampled_from([favourite, favourite, *known]))
        end = day + timedelta(days=draw(LENGTHS) - 1)
        waiting = draw(st.sampled_from([None, None, 0, 1, 3])) if kind is LeaveKind.CMO else None
        group = draw(st.sampled_from([None, PathologyGroup.CANCER])) if kind is LeaveKind.CLD else None
        seniority = draw(st.one_of(st.none(), st.none(), st.integers(0, 1500)))
        entries.append(Entry(kind, Period(day, end), waiting, group, seniority))
        day = end + timedelta(days=1 + draw(GAPS))
    return person, entries


def random_history(random: Random, longest: int = 3) -> tuple[Person, list[Entry]]:
    """More lives than Hypothesis draws in that time: also stagiaires, quotities, late notes, two groups of CLD,
    and agents who were something else before.
    """
    day = date(2019, 1, 1) + timedelta(days=random.randint(0, 1500))
    person, former = _random_person(random, day), _random_person(random, day)
    changed = random.choice([0, 0, 0, 1, 2])
    favourite, entries = random.choice(_open_to(person)), []
    for place in range(random.randint(1, longest)):
        then = former if place < changed else person
        kind = random.choice([favourite, favourite, *_open_to(then)])
        kind = kind if kind in _open_to(then) else LeaveKind.CMO
        lengths = (random.randint(1, 40), random.randint(60, 130), random.randint(300, 420))
        end = day + timedelta(days=random.choice(lengths) - 1)
        late = random.choice([None, None, day + timedelta(days=random.randint(0, 12))])
        entries.append(
            Entry(
                kind,
                Period(day, end),
                random.choice([None, None, 0, 1, 3]) if kind is LeaveKind.CMO else None,
                random.choice([None, PathologyGroup.CANCER, PathologyGroup.POLIOMYELITIS])
                if kind is LeaveKind.CLD
                else None,
                random.choice([None, random.randint(0, 1500)]),
                random.choice(QUOTITIES) if kind is LeaveKind.TPT else None,
                late if kind is LeaveKind.CMO else None,
                former if then is former else None,
            )
        )
        day = end + timedelta(days=1 + random.choice([0, random.randint(1, 30), random.randint(330, 400)]))
    return person, entries


def _random_person(random: Random, day: date) -> Person:
    regime = random.choice(list(KINDS))
    titular = regime is Regime.CONTRACTUEL_PUBLIC or random.random() < 0.8
    person = Person(regime, day - timedelta(days=random.randint(0, 1500)), titular)
    if regime is not Regime.CONTRACTUEL_PUBLIC:
        return person
    gaps = (
        _days(day, random.randint(-300, 900), random.randint(1, 150)) for _ in range(random.choice([0, 0, 1, 2, 3]))
    )
    return replace(person, interruptions=tuple(gaps))


def _days(origin: date, after: int, days: int) -> Period:
    start = origin + timedelta(days=after)
    return Period(start, start + timedelta(days=days - 1))


def _open_to(person: Person) -> list[LeaveKind]:
    return [kind for kind in KINDS[person.regime] if person.titular or kind is not LeaveKind.DO]
