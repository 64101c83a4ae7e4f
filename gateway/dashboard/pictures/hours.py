"""Calls of the last two days as bars, one an hour: answered, refused, failed, from the bottom up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

WIDTH: Final = 960
HEIGHT: Final = 120
HOURS: Final = 48
STEP: Final = WIDTH // HOURS
BAR: Final = STEP - 4
_KINDS: Final = ("answered", "refused", "failed")


@dataclass(frozen=True, slots=True)
class Block:
    kind: str
    y: int
    height: int


@dataclass(frozen=True, slots=True)
class Bar:
    """An hour, with the counts of each kind."""

    hour: str
    x: int
    counts: dict[str, int]
    blocks: tuple[Block, ...]


def hours(found: Sequence[dict[str, Any]], now: datetime) -> list[Bar]:
    """The hours up to this one, those without a call too.

    >>> now = datetime.fromisoformat("2026-06-01T12:30:00+00:00")
    >>> one = {"hour": "2026-06-01T12:00:00Z", "calls": 4, "refused": 1, "failed": 1}
    >>> [(block.kind, block.y, block.height) for block in hours([one], now)[-1].blocks]
    [('answered', 60, 60), ('refused', 30, 30), ('failed', 0, 30)]
    """
    last = now.replace(minute=0, second=0, microsecond=0)
    known = {datetime.fromisoformat(one["hour"]): one for one in found}
    most = max((one["calls"] for one in found), default=0)
    bars = []
    for place in range(HOURS):
        hour = last - timedelta(hours=HOURS - 1 - place)
        one = known.get(hour, {"calls": 0, "refused": 0, "failed": 0})
        failures = one["refused"] + one["failed"]
        counts = {"answered": one["calls"] - failures, "refused": one["refused"], "failed": one["failed"]}
        bars.append(Bar(hour.isoformat(), place * STEP + 2, counts, tuple(_blocks(counts, most))))
    return bars


def _blocks(counts: dict[str, int], most: int) -> list[Block]:
    """What is not nothing is at least two pixels high."""
    found, y = [], HEIGHT
    for kind in _KINDS:
        if counts[kind]:
            height = max(2, counts[kind] * HEIGHT // most)
            y -= height
            found.append(Block(kind, y, height))
    return found
