"""The regional scheme an accord stands under: what it fixes for all, and what nobody has published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kit.period import Period
from kit.rate import Rate


@dataclass(frozen=True, slots=True)
class Lot:
    """One lot of the market. Holder and population stay None until somebody publishes them."""

    number: int
    holder: str | None
    population: str | None


class ConventionState(StrEnum):
    """How a convention stands on a day."""

    FUTURE = "FUTURE"
    RUNNING = "RUNNING"
    ENDED = "ENDED"


def state_on(period: Period, day: date) -> ConventionState:
    """How what lasts for a period stands on a day."""
    if day < period.start:
        return ConventionState.FUTURE
    return ConventionState.RUNNING if day in period else ConventionState.ENDED


@dataclass(frozen=True, slots=True)
class Convention:
    """A convention de participation: an insurer, a lot, a period. `ended`: why it ends before its term."""

    id: str
    insurer: str
    manager: str | None
    lot: int | None
    period: Period
    ended: str | None = None
    assumption: bool = False

    def state(self, day: date) -> ConventionState:
        """Whether it has begun, runs, or is over on a day."""
        return state_on(self.period, day)


@dataclass(frozen=True, slots=True)
class Scheme:
    """A regional accord and its market. `levels` are the parts of net pay its catalogue offers.

    `rates_guaranteed_to` is the last day until which the market keeps its rates; None: not published.
    """

    id: str
    title: str
    signed_on: date
    minimum_employer_share: Rate
    levels: tuple[Rate, ...]
    market: Period
    lots: tuple[Lot, ...]
    conventions: tuple[Convention, ...]
    rates_guaranteed_to: date | None = None

    def of_insurer(self, code: str, named: str | None = None) -> tuple[Convention, ...]:
        """The conventions of an insurer, or the one of them that is named."""
        return tuple(c for c in self.conventions if c.insurer == code and named in (None, c.id))
