"""What a comparison of a DSN finds, and what it holds it against."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from kit.period import Month, Period
from rules.vocabulary import Guarantee, Regime
from services.contributions.domain.agent_file import Employment
from services.contributions.domain.dsn.expected import Owing
from services.contributions.domain.intake import Pay


class What(StrEnum):
    """What differs. Amounts are compared to the cent."""

    UNKNOWN_PERSON = "UNKNOWN_PERSON"
    OTHER_PERSON = "OTHER_PERSON"
    NOT_DECLARED = "NOT_DECLARED"
    REGIME = "REGIME"
    NBI = "NBI"
    QUOTITY = "QUOTITY"
    INDEX = "INDEX"
    LEAVE = "LEAVE"
    SHARE_OF_PAY = "SHARE_OF_PAY"
    GROSS = "GROSS"
    CTI = "CTI"
    CODES_UNKNOWN = "CODES_UNKNOWN"
    POPULATION = "POPULATION"
    AFFILIATION = "AFFILIATION"
    BASE = "BASE"
    RATE = "RATE"
    AMOUNT = "AMOUNT"
    EMPLOYER_SHARE = "EMPLOYER_SHARE"
    PAYMENT = "PAYMENT"


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference; `declared` and `expected` as texts, None: nothing. `line` is where the DSN says it."""

    what: What
    declared: str | None
    expected: str | None
    line: int | None = None
    guarantee: Guarantee | None = None
    month: Month | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """What Relais knows of an agent for the month of a DSN: employments that run in it, what was paid, what is owed.

    `point`: the yearly euros of an index point; `full_time`: hours a week; None: nobody vouches for the month.
    """

    employments: tuple[Employment, ...]
    pay: tuple[Pay, ...]
    owing: tuple[Owing, ...]
    leave: tuple[Period, ...] = ()
    point: Decimal | None = None
    full_time: Decimal | None = None

    @property
    def regimes(self) -> frozenset[Regime]:
        return frozenset(one.status.regime for one in self.employments)
