"""A recognised invalidity."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kit.money import Money
from kit.rate import Rate


@dataclass(frozen=True, slots=True)
class Invalidity:
    """What a scheme recognised. The three measures are different things and never replace one another (S5).

    `pension_net` is the monthly sum of all compulsory pensions, without the increase for a third party.
    """

    start: date
    cnracl_rate: Rate | None
    ss_category: str | None
    atmp_rate: Rate | None
    pension_net: Money
