"""The life of an accord: draft, signed, published, perhaps suspended, at last denounced or lapsed.

Whether it binds on a day is no status: its steps and its dates say so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from kit.period import ONE_DAY, Period
from services.agreements.domain.errors import IllegalStep


class Status(StrEnum):
    """How far an accord is. A suspended one that is resumed is PUBLISHED again."""

    DRAFT = "DRAFT"
    SIGNED = "SIGNED"
    PUBLISHED = "PUBLISHED"
    SUSPENDED = "SUSPENDED"
    DENOUNCED = "DENOUNCED"
    LAPSED = "LAPSED"


class Force(StrEnum):
    """Whether an accord binds on a day, and if not, why."""

    NOT_PUBLISHED = "NOT_PUBLISHED"
    FUTURE = "FUTURE"
    IN_FORCE = "IN_FORCE"
    SUSPENDED = "SUSPENDED"
    ENDED = "ENDED"


@dataclass(frozen=True, slots=True)
class Step:
    """A step taken. `on`: the day of a signature or a publication, the first day of a suspension or of what follows it,
    the last day of an accord that ends.
    """

    status: Status
    on: date | None


_NEXT: Final = {
    Status.DRAFT: {Status.SIGNED},
    Status.SIGNED: {Status.PUBLISHED},
    Status.PUBLISHED: {Status.SUSPENDED, Status.DENOUNCED, Status.LAPSED},
    Status.SUSPENDED: {Status.PUBLISHED, Status.DENOUNCED, Status.LAPSED},
    # What is denounced with a notice may lose its object before the notice runs out.
    Status.DENOUNCED: {Status.LAPSED},
    Status.LAPSED: set[Status](),
}
LIVING: Final = frozenset({Status.PUBLISHED, Status.SUSPENDED})


def step(current: Status, wanted: Status) -> Status:
    """The status after a step. Raises IllegalStep: an accord is signed once, then published once (CGFP L. 226-1).

    >>> step(Status.DRAFT, Status.SIGNED)
    <Status.SIGNED: 'SIGNED'>
    """
    if wanted not in _NEXT[current]:
        raise IllegalStep(current.value, wanted.value)
    return wanted


def suspensions(steps: Iterable[Step]) -> list[Period]:
    """The days an accord is suspended, in the order of steps (art. 8); the last one may be open."""
    found: list[Period] = []
    since: date | None = None
    for taken in steps:
        if taken.status is Status.SUSPENDED:
            since = taken.on
        elif since is not None and taken.on is not None and taken.status is Status.PUBLISHED:
            found.append(Period(since, taken.on - ONE_DAY))
            since = None
    return found if since is None else [*found, Period(since)]


def force(steps: Iterable[Step], effective: Period, day: date, insured_until: date | None = None) -> Force:
    """Whether an accord binds on a day.

    It may take effect before it is signed (rulebook S13): publication makes its past terms known, too. It binds no
    longer than somebody insures it (S20); `insured_until` None: no end is known.
    """
    taken = list(steps)
    if all(one.status is not Status.PUBLISHED for one in taken):
        return Force.NOT_PUBLISHED
    if day < effective.start:
        return Force.FUTURE
    if day > min(effective.last, insured_until or date.max):
        return Force.ENDED
    return Force.SUSPENDED if any(day in period for period in suspensions(taken)) else Force.IN_FORCE
