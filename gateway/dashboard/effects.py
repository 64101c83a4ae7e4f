"""What changed terms come to in a year, from the month that contributions price under either day's terms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Self

from kit.period import MONTHS_PER_YEAR

_NOTHING: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class Effect:
    """Euros a year, more or less, for employers and for agents: twelve times the difference of the month."""

    employer: Decimal
    agent: Decimal

    @classmethod
    def of(cls, priced: Mapping[str, Any]) -> Self:
        """Of anything that has `before` and `after`.

        >>> before, after = {"employer": "10.00", "agent": "0.00"}, {"employer": "8.50", "agent": "2.00"}
        >>> Effect.of({"before": before, "after": after})
        Effect(employer=Decimal('-18.00'), agent=Decimal('24.00'))
        """
        before, after = priced["before"], priced["after"]
        more = [MONTHS_PER_YEAR * (Decimal(after[who]) - Decimal(before[who])) for who in ("employer", "agent")]
        return cls(*more)

    @property
    def nothing(self) -> bool:
        return self.employer == self.agent == _NOTHING


@dataclass(frozen=True, slots=True)
class Effects:
    """By guarantee, by employer (those for whom most changes, without those for whom nothing does), in total."""

    month: str
    agents: int
    unpriced: int
    total: Effect
    guarantees: Mapping[str, Effect]
    employers: Mapping[str, Effect]

    @classmethod
    def of(cls, month: str, priced: Mapping[str, Any]) -> Self:
        employers = {row["employer"]: Effect.of(row) for row in priced["employers"]}
        return cls(
            month,
            priced["agents"],
            priced["unpriced"],
            Effect.of(priced),
            {row["guarantee"]: Effect.of(row) for row in priced["guarantees"]},
            {employer: effect for employer, effect in employers.items() if not effect.nothing},
        )

    @property
    def known(self) -> bool:
        """Whether anybody's pay is known."""
        return self.agents > self.unpriced
