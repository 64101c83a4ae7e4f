"""An agent's days as a picture: what is drawn where. The template writes the SVG, a table says the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from kit.period import Month

WIDTH: Final = 1000.0
LANE: Final = 34
TOP: Final = 26
BAR: Final = 20
# A bar too narrow to see would not be there.
NARROWEST: Final = 2.0
# Below this many days each month has its tick, above it each year.
MONTHS_UP_TO: Final = 1100
LEGS: Final = {"FULL": "full", "HALF": "half", "NONE": "none", "WAITING": "waiting"}


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of days: where it is drawn, what it is (a class of the style sheet), what it says.

    Of money, `text` is the sum and `parts` what it is made of, each with the page that says why.
    """

    x: float
    width: float
    kind: str
    start: str
    end: str | None
    text: str
    family: str
    height: float = BAR
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """An amount of a month, and the page of its trace."""

    month: str
    amount: Decimal
    href: str


@dataclass(frozen=True, slots=True)
class Lane:
    """One line of the picture. `name` is a key of the words."""

    name: str
    y: int
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """The whole picture, in its own units."""

    lanes: tuple[Lane, ...]
    ticks: tuple[tuple[float, str, bool], ...]
    today: float | None
    height: int
    width: float = field(default=WIDTH)

    @property
    def legend(self) -> dict[str, list[str]]:
        """The colours besides those of a day's pay, each with the names of the lanes that have it."""
        found: dict[str, list[str]] = {}
        for lane in self.lanes:
            for kind in sorted({bar.kind for bar in lane.bars}.difference(LEGS.values(), {"empty"})):
                found.setdefault(kind, []).append(lane.name)
        return found


class _Scale:
    def __init__(self, start: date, end: date) -> None:
        self.start, self.end = start, end
        self._days = (end - start).days + 1

    def x(self, day: date) -> float:
        return round((day - self.start).days * WIDTH / self._days, 1)

    def bar(self, start: str, end: str | None, kind: str, text: str, family: str) -> Bar | None:
        """The visible part of a stretch; None when none is."""
        first = max(date.fromisoformat(start), self.start)
        last = min(date.fromisoformat(end) if end else self.end, self.end)
        if last < first:
            return None
        x = self.x(first)
        width = max(self.x(last + timedelta(days=1)) - x, NARROWEST)
        return Bar(x, round(width, 1), kind, start, end, text, family)


def timeline(
    start: date,
    end: date,
    *,
    today: date,
    agent: Mapping[str, Any],
    cover: Mapping[str, Any] | None,
    rights: Mapping[str, Any] | None,
    paid: Iterable[Part] = (),
    contributions: Iterable[Part] = (),
    benefits: Iterable[Part] = (),
) -> Timeline:
    """Employment, cover, positions, leaves and the pay of their days, and money by month, between two days."""
    scale = _Scale(start, end)
    found = [
        ("timeline.employment", _employments(scale, agent["employments"])),
        ("timeline.cover", _cover(scale, cover["periods"] if cover else ())),
        ("timeline.position", _stretches(scale, agent["positions"], "other", "position")),
        ("timeline.leave", _stretches(scale, agent["leaves"], "benefit", "leave")),
        ("timeline.pay", _rights(scale, rights["periods"] if rights else ())),
        ("timeline.paid", _months(scale, paid, "work")),
        ("timeline.contributions", _months(scale, contributions, "cover")),
        ("timeline.benefits", _months(scale, benefits, "benefit")),
    ]
    shown = [(name, bars) for name, bars in found if bars or name in {"timeline.employment", "timeline.cover"}]
    lanes = tuple(Lane(name, TOP + place * LANE, tuple(bars)) for place, (name, bars) in enumerate(shown))
    inside = start <= today <= end
    return Timeline(lanes, tuple(_ticks(scale)), scale.x(today) if inside else None, TOP + len(lanes) * LANE + 2)


def _employments(scale: _Scale, employments: Iterable[Mapping[str, Any]]) -> list[Bar]:
    spells = [spell for one in employments for spell in one["spells"]]
    return _kept(scale.bar(one["start"], one["end"], "work", one["kind"], "employment") for one in spells)


def _cover(scale: _Scale, periods: Iterable[Mapping[str, Any]]) -> list[Bar]:
    return _kept(
        scale.bar(
            one["start"], one["end"], "cover" if one["outcome"] == "AFFILIATED" else "empty", one["outcome"], "outcome"
        )
        for one in periods
    )


def _stretches(scale: _Scale, items: Iterable[Mapping[str, Any]], kind: str, family: str) -> list[Bar]:
    return _kept(scale.bar(one["start"], one["end"], kind, one["kind"], family) for one in items)


def _rights(scale: _Scale, periods: Iterable[Mapping[str, Any]]) -> list[Bar]:
    return _kept(scale.bar(one["start"], one["end"], LEGS[one["leg"]], one["leg"], "leg") for one in periods)


def _months(scale: _Scale, parts: Iterable[Part], kind: str) -> list[Bar]:
    """A bar for each month that is drawn, as high as its sum beside the largest."""
    found: defaultdict[str, list[Part]] = defaultdict(list)
    for part in parts:
        found[part.month].append(part)
    sums = {month: sum((part.amount for part in of), Decimal()) for month, of in sorted(found.items())}
    months = {text: Month.parse(text) for text in sums}
    shown = [month for month in sums if months[month].last >= scale.start and months[month].first <= scale.end]
    largest = max((abs(sums[month]) for month in shown), default=Decimal()) or Decimal(1)
    bars = []
    for text in shown:
        first, last = months[text].first.isoformat(), months[text].last.isoformat()
        bar = scale.bar(first, last, kind, str(sums[text]), "amount")
        if bar is not None:
            height = max(round(float(BAR * abs(sums[text]) / largest), 1), NARROWEST)
            bars.append(replace(bar, height=height, parts=tuple(found[text])))
    return bars


def _kept(bars: Iterable[Bar | None]) -> list[Bar]:
    return [bar for bar in bars if bar is not None]


def _ticks(scale: _Scale) -> Iterable[tuple[float, str, bool]]:
    """The first days of months (of years where many): where, which month, and whether a year begins."""
    monthly = (scale.end - scale.start).days <= MONTHS_UP_TO
    day = scale.start.replace(day=1)
    while day <= scale.end:
        january = day.month == 1
        if day >= scale.start and (monthly or january):
            yield scale.x(day), f"{day:%Y-%m}", january
        day = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
