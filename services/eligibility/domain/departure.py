"""Leaving an employer: why, and on which last day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID


class DepartureReason(StrEnum):
    """Why somebody leaves; RETIREMENT includes that for invalidity."""

    RETIREMENT = "RETIREMENT"
    RESIGNATION = "RESIGNATION"
    END_OF_CONTRACT = "END_OF_CONTRACT"
    TRANSFER = "TRANSFER"
    DISMISSAL = "DISMISSAL"
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True)
class Departure:
    """The last day with an employer. `replaced`: the facts about contracts that gave way to it."""

    id: UUID
    employer: str
    on: date
    reason: DepartureReason
    replaced: tuple[UUID, ...] = ()
