"""What of a timeline has become true and has not been told yet: affiliations start, are suspended, resume and end."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kit.period import Period
from rules.vocabulary import AffiliationOutcome as Outcome
from services.eligibility.domain.affiliation import Stretch
from services.eligibility.domain.reasons import Reason


class Move(StrEnum):
    """What happens to an affiliation."""

    STARTED = "started"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    ENDED = "ended"


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
        move = _move(before, stretch.outcome)
        if move is not None:
            found.append(Transition(move, stretch.period, stretch.reasons))
        before = stretch.outcome
    return tuple(found)


def announce(moves: Collection[Transition], told: Collection[Told], today: date) -> Announcement:
    """The moves that are true by `today` and were not told as they now stand.

    When all that was told is no longer so (a hire that never was), an end from the first day told takes it back.
    """
    due = tuple(move for move in moves if move.period.start <= today)
    later = [move.period.start for move in moves if move.period.start > today]
    tell = tuple(move for move in due if move.told not in told)
    if not due and any(said.move is not Move.ENDED for said in told):
        withdrawn = Transition(Move.ENDED, Period(min(said.period.start for said in told)))
        return Announcement((withdrawn,), (withdrawn.told,), min(later, default=None))
    return Announcement(tell, tuple(move.told for move in due) or tuple(told), min(later, default=None))


def _move(before: Outcome | None, now: Outcome) -> Move | None:
    """What passing from one outcome to the next does to the affiliation; None when it does nothing."""
    if now is Outcome.AFFILIATED:
        return Move.RESUMED if before is Outcome.SUSPENDED else Move.STARTED
    if now is Outcome.SUSPENDED:
        return Move.SUSPENDED
    return Move.ENDED if before in (Outcome.AFFILIATED, Outcome.SUSPENDED) else None
