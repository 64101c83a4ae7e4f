"""What must still be issued: desired against already issued. Lines are never edited: a change is their difference."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Self

from kit.money import Money
from kit.period import Month
from kit.rate import Rate
from rules.vocabulary import Guarantee
from services.contributions.domain.owed import Due

_PLACE: Final = {guarantee: place for place, guarantee in enumerate(Guarantee)}


@dataclass(frozen=True, slots=True)
class LineKey:
    """What a contribution is about. `insurer` is '' when the accord names none."""

    agent: str
    month: Month
    agreement: str
    insurer: str
    guarantee: Guarantee

    @property
    def order(self) -> tuple[str, str, Month, str, int]:
        """The order of lines: accord, insurer, month, agent, then the enumeration."""
        return self.agreement, self.insurer, self.month, self.agent, _PLACE[self.guarantee]


@dataclass(frozen=True, slots=True)
class Amounts:
    """The figures of a line, or of a sum of lines."""

    base: Money
    amount: Money
    employer: Money
    agent: Money

    @classmethod
    def zero(cls) -> Self:
        return cls(Money.zero(), Money.zero(), Money.zero(), Money.zero())

    @classmethod
    def sum(cls, amounts: Iterable[Amounts]) -> Amounts:
        total: Amounts = cls.zero()
        for one in amounts:
            total += one
        return total

    def __add__(self, other: Amounts) -> Amounts:
        return Amounts(
            self.base + other.base, self.amount + other.amount, self.employer + other.employer, self.agent + other.agent
        )

    def __neg__(self) -> Amounts:
        return Amounts(-self.base, -self.amount, -self.employer, -self.agent)

    def __bool__(self) -> bool:
        return any((self.base, self.amount, self.employer, self.agent))


@dataclass(frozen=True, slots=True)
class Position:
    """How a key stands: its figures, and the rate and flag that go with them."""

    amounts: Amounts
    rate: Rate
    unresolved: bool


@dataclass(frozen=True, slots=True)
class Delta:
    """A line to issue; negative when too much was."""

    key: LineKey
    amounts: Amounts
    rate: Rate
    unresolved: bool


def desired(agent: str, month: Month, dues: Iterable[Due]) -> dict[LineKey, Position]:
    """The dues of one agent and month, by key."""
    return {
        LineKey(agent, month, due.agreement, due.insurer or "", due.line.guarantee): Position(
            Amounts(due.line.base, due.line.amount, due.line.employer, due.line.agent),
            due.line.rate,
            due.line.unresolved,
        )
        for due in dues
    }
