"""Pay month by month as a picture: what the statute pays, what the social security and the contract add to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

HEIGHT: Final = 240
WIDTH: Final = 1000
LEFT: Final = 76
TOP: Final = 14
BOTTOM: Final = 30
WIDEST: Final = 90.0
# What is stacked, from the ground up: the field of a month, and its class in the style sheet.
PARTS: Final = (("statutory_net", "half"), ("social_security", "other"), ("benefit", "benefit"))
STEPS: Final = (50, 100, 200, 250, 500, 1000, 2000, 5000, 10000)
MOST_TICKS: Final = 6


@dataclass(frozen=True, slots=True)
class Block:
    """One part of a month's bar."""

    y: float
    height: float
    kind: str


@dataclass(frozen=True, slots=True)
class Column:
    """A month: its blocks from the ground up, and the height that the contract promises."""

    month: str
    x: float
    target: float
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Months:
    columns: tuple[Column, ...]
    bar: float
    ticks: tuple[tuple[float, str], ...]
    every: int


def months(rows: Sequence[Mapping[str, Any]]) -> Months:
    """A bar for each month. Asserts that there is one."""
    assert rows, "a picture of at least one month"
    top = max(max(Decimal(row["target_net"]), _sum(row)) for row in rows) or Decimal(1)
    scale = Decimal(HEIGHT - TOP - BOTTOM) / top
    room = (WIDTH - LEFT) / len(rows)
    bar = min(WIDEST, room * 0.7)
    columns = tuple(
        Column(
            row["month"],
            round(LEFT + room * (place + 0.5) - bar / 2, 1),
            _y(Decimal(row["target_net"]), scale),
            tuple(_blocks(row, scale)),
        )
        for place, row in enumerate(rows)
    )
    step = next((size for size in STEPS if top / size <= MOST_TICKS), STEPS[-1])
    ticks = tuple((_y(Decimal(value), scale), str(value)) for value in range(0, int(top) + 1, step))
    return Months(columns, round(bar, 1), ticks, max(1, -(-len(rows) // 14)))


def _sum(row: Mapping[str, Any]) -> Decimal:
    return sum((Decimal(row[name]) for name, _ in PARTS), Decimal(0))


def _y(amount: Decimal, scale: Decimal) -> float:
    return round(float(HEIGHT - BOTTOM - amount * scale), 1)


def _blocks(row: Mapping[str, Any], scale: Decimal) -> list[Block]:
    """Heights are of pixels: nothing is computed with them."""
    found, ground = [], Decimal(0)
    for name, kind in PARTS:
        amount = Decimal(row[name])
        if amount > 0:
            above = ground + amount
            found.append(Block(_y(above, scale), round(float(amount * scale), 1), kind))
            ground = above
    return found
