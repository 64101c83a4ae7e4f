"""What of a timeline has become true and has not been told yet.

Affiliations start, are suspended, resume and end; dispenses are granted and lapse; cover is withheld from who has none
yet, or never. The three are told apart.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from kit.period import Period
from rules.vocabulary import AffiliationOutcome as Outcome
from services.eligibility.domain.affiliation import Stretch
from services.eligibility.domain.reasons import Reason


class Move(StrEnum):
    """What happens to an affiliation, or to a dispense."""

    STARTED = "started"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    ENDED = "ended"
    GRANTED = "granted"
    LAPSED = "lapsed"
    WITHHELD = "withheld"


# What takes back all that was said, by what may be taken back.
_BACK: Final = {
    Move.LAPSED: frozenset({Move.GRANTED, Move.LAPSED}),
    Move.ENDED: frozenset({Move.STARTED, Move.SUSPENDED, Move.RESUMED, Move.ENDED}),
    Move.WITHHELD: frozenset({Move.WITHHELD}),
}
_HELD: Final = frozenset({Outcome.AFFILIATED, Outcome.SUSPENDED})


@dataclass(frozen=True, slots=True)
class Transition:
    """A move, and how long what it brings about lasts."""

    move: Move
    period: Period
    reasons: tuple[Reason, ...] = ()

    @property
    def told(self) -> Told:
        return Told(self.move, self.period)


@dataclass(frozen=True, slots=True)
class Told:
    """What an event has said. A transition whose end changes is told again."""

    move: Move
    period: Period


@dataclass(frozen=True, slots=True)
class Announcement:
    """What to tell now, what has then been told, and the day to look again (None: never)."""

    tell: tuple[Transition, ...]
    told: tuple[Told, ...]
    again_on: date | None


def transitions(stretches: Iterable[Stretch]) -> tuple[Transition, ...]:
    """The moves of a timeline, past and future, in date order."""
    found: list[Transition] = []
    before: Outcome | None = None
    for stretch in stretches:
        found += [Transition(move, stretch.period, stretch.reasons) for move in _moves(before, stretch.outcome)]
        before = stretch.outcome
    return tuple(found)


def announce(moves: Collection[Transition], told: Collection[Told], today: date) -> Announcement:
    """The moves that are true by `today` and were not told as they now stand, in date order.

    When all that was told of an affiliation, or of dispenses, is no longer so (a hire that never was), an end from the
    first day told takes it back.
    """
    parts = [
        _announced([m for m in moves if m.move in own], [t for t in told if t.move in own], today, back)
        for back, own in _BACK.items()
    ]
    tell = sorted((move for part in parts for move in part.tell), key=lambda move: move.period.start)
    days = [part.again_on for part in parts if part.again_on is not None]
    return Announcement(tuple(tell), tuple(said for part in parts for said in part.told), min(days, default=None))


def _announced(moves: Collection[Transition], told: Collection[Told], today: date, back: Move) -> Announcement:
    due = tuple(move for move in moves if move.period.start <= today)
    later = [move.period.start for move in moves if move.period.start > today]
    tell = tuple(move for move in due if move.told not in told)
    if not due and any(said.move is not back for said in told):
        withdrawn = Transition(back, Period(min(said.period.start for said in told)))
        return Announcement((withdrawn,), (withdrawn.told,), min(later, default=None))
    return Announcement(tell, tuple(move.told for move in due) or tuple(told), min(later, default=None))


def _moves(before: Outcome | None, now: Outcome) -> Iterator[Move]:
    """What passing from one outcome to the next does to a dispense, then to the affiliation."""
    if now is Outcome.DISPENSED:
        yield Move.GRANTED
    elif before is Outcome.DISPENSED and now in _HELD:
        yield Move.LAPSED
    if now is Outcome.AFFILIATED:
        yield Move.RESUMED if before is Outcome.SUSPENDED else Move.STARTED
    elif now is Outcome.SUSPENDED:
        yield Move.SUSPENDED
    elif before in _HELD:
        yield Move.ENDED
    elif now is not Outcome.ENDED:
        yield Move.WITHHELD
