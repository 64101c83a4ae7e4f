"""Sums side by side as a picture: a line for each group, a bar for each sum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

WIDTH: Final = 1000
LEFT: Final = 340
RIGHT: Final = 110
BAR: Final = 14
GAP: Final = 16


@dataclass(frozen=True, slots=True)
class Bar:
    """`text` is written behind it."""

    y: int
    width: float
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    label: str
    y: int
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Bars:
    height: int
    lines: tuple[Line, ...]


def bars(rows: Sequence[tuple[str, Sequence[tuple[str, Decimal, str]]]]) -> Bars | None:
    """Each row: its label, and for each bar its class in the style sheet, its value and the text of it.

    None where there is nothing above zero to draw.

    >>> drawn = bars([("85", [("cover", Decimal(10), "10 €"), ("benefit", Decimal(5), "5 €")])])
    >>> drawn.height, [bar.width for bar in drawn.lines[0].bars]
    (60, [550.0, 275.0])
    """
    top = max((value for _, values in rows for _, value, _ in values), default=Decimal(0))
    if top <= 0:
        return None
    y, lines = GAP // 2, []
    for label, values in rows:
        drawn = []
        for place, (kind, value, text) in enumerate(values):
            # Pixels: nothing is computed with them.
            width = round(float(max(value, Decimal(0)) / top * (WIDTH - LEFT - RIGHT)), 1)
            drawn.append(Bar(y + place * (BAR + 2), width, kind, text))
        lines.append(Line(label, y, tuple(drawn)))
        y += len(values) * (BAR + 2) + GAP
    return Bars(y + GAP // 2 - 4, tuple(lines))
