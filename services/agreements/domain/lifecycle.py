"""The life of an accord: draft, signed, published. Published and inside its dates, it is in force."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Final

from kit.period import Period
from services.agreements.domain.errors import IllegalStep


class Status(StrEnum):
    """How far an accord is. Whether it is in force is not a status: its dates say so."""

    DRAFT = "DRAFT"
    SIGNED = "SIGNED"
    PUBLISHED = "PUBLISHED"


_NEXT: Final = {Status.DRAFT: Status.SIGNED, Status.SIGNED: Status.PUBLISHED}


def step(current: Status, wanted: Status) -> Status:
    """The status after a step. Raises IllegalStep: an accord is signed once, then published once (CGFP L. 226-1).

    >>> step(Status.DRAFT, Status.SIGNED)
    <Status.SIGNED: 'SIGNED'>
    """
    if _NEXT.get(current) is not wanted:
        raise IllegalStep(current.value, wanted.value)
    return wanted


def in_force(status: Status, effective: Period, day: date) -> bool:
    """Whether an accord binds on a day: published, whenever that was, and inside its dates.

    An accord may take effect before it is signed (rulebook S13): publication makes its past terms known, too.
    """
    return status is Status.PUBLISHED and day in effective
