"""What the statute pays, day by day, as stretches of equal right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from kit.period import Period
from kit.rate import Rate
from kit.trace import Trace
from rules.vocabulary import LeaveKind, Leg

NO_PAY: Final = Rate(Decimal(0))


@dataclass(frozen=True, slots=True)
class Ground:
    """Why a stretch is what it is: the rule that decided, and the count it compared at the stretch's first day."""

    rule: str
    reference: str
    counted: int | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days of one kind, leg, rate and ground."""

    period: Period
    kind: LeaveKind
    leg: Leg
    rate: Rate
    ground: Ground

    def trace(self) -> Trace:
        compared = {"counted": self.ground.counted, "limit": self.ground.limit}
        inputs = {"kind": self.kind, "period": self.period, **{k: v for k, v in compared.items() if v is not None}}
        return Trace(self.ground.rule, self.ground.reference, inputs, {"leg": self.leg, "rate": self.rate})


@dataclass(frozen=True, slots=True)
class PaidPeriod:
    """Adjacent days with the same kind, leg and rate."""

    period: Period
    kind: LeaveKind
    leg: Leg
    rate: Rate


@dataclass(frozen=True, slots=True)
class Entitlement:
    """The stretches of an agent's leaves, in date order; days without leave are left out."""

    stretches: tuple[Stretch, ...]

    @classmethod
    def of(cls, stretches: Iterable[Stretch]) -> Entitlement:
        return cls(tuple(sorted(stretches, key=lambda stretch: stretch.period.start)))

    def within(self, period: Period) -> Entitlement:
        """The part that lies in a period."""
        return Entitlement(
            tuple(
                stretch if inside == stretch.period else replace(stretch, period=inside)
                for stretch in self.stretches
                if (inside := stretch.period.intersection(period)) is not None
            )
        )

    def periods(self) -> tuple[PaidPeriod, ...]:
        """Stretches merged where kind, leg and rate agree."""
        merged: list[PaidPeriod] = []
        for stretch in self.stretches:
            period = PaidPeriod(stretch.period, stretch.kind, stretch.leg, stretch.rate)
            if merged and _continues(merged[-1], period):
                merged[-1] = replace(merged[-1], period=Period(merged[-1].period.start, period.period.end))
            else:
                merged.append(period)
        return tuple(merged)

    def trace(self, rule: str, reference: str, inputs: dict[str, object]) -> Trace:
        """The tree: one step for each stretch."""
        shown = [
            {"start": p.period.start, "end": p.period.end, "kind": p.kind, "leg": p.leg, "rate": p.rate}
            for p in self.periods()
        ]
        return Trace(rule, reference, inputs, shown, tuple(stretch.trace() for stretch in self.stretches))

    def __iter__(self) -> Iterator[Stretch]:
        return iter(self.stretches)


def _continues(earlier: PaidPeriod, later: PaidPeriod) -> bool:
    return later.period.follows(earlier.period) and (earlier.kind, earlier.leg, earlier.rate) == (
        later.kind,
        later.leg,
        later.rate,
    )
