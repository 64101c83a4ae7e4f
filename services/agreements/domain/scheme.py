"""The regional scheme an accord stands under: what it fixes for all, and what nobody has published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kit.period import Period
from kit.rate import Rate


@dataclass(frozen=True, slots=True)
class Lot:
    """One lot of the market. Holder and population stay None until somebody publishes them."""

    number: int
    holder: str | None
    population: str | None


@dataclass(frozen=True, slots=True)
class Convention:
    """A convention de participation: an insurer, a lot, a period."""

    insurer: str
    lot: int | None
    period: Period
    assumption: bool = False


@dataclass(frozen=True, slots=True)
class Scheme:
    """A regional accord and its market. `levels` are the parts of net pay its catalogue offers."""

    id: str
    title: str
    signed_on: date
    minimum_employer_share: Rate
    levels: tuple[Rate, ...]
    market: Period
    lots: tuple[Lot, ...]
    conventions: tuple[Convention, ...]
