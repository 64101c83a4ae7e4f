"""Statutory rights of a region over six years, against the plain reading day by day in the same run.

    python -m tests.bench.claims_entitlements [--agents 75000] [--sample 150]

Prints agent-days a second of both, and the ratio. The plain reading is asked for a sample of the same agents.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any, Final

from kit.period import Period
from services.claims.domain.leave import Entry, Person
from services.claims.domain.statutory import statutory_pay
from tests.services.claims.domain.day_by_day import DayByDay
from tests.services.claims.domain.histories import BOOK, random_history

GOAL: Final = 50
FIRST: Final = date(2019, 1, 1)
YEARS: Final = Period(FIRST, date(2024, 12, 31))
Life = tuple[Person, list[Entry]]


def lives(count: int) -> list[Life]:
    """Random lives on leave within the six years."""
    random = Random(1)
    return [_within(random_history(random, longest=5)) for _ in range(count)]


def _within(life: Life) -> Life:
    person, entries = life
    shift = entries[0].start - FIRST - timedelta(days=entries[0].start.toordinal() % 365)
    kept = []
    for entry in entries:
        moved = Period(entry.start - shift, entry.end - shift).intersection(YEARS)
        if moved is not None:
            kept.append(Entry(entry.kind, moved, entry.waiting_days, entry.pathology_group, entry.seniority_days))
    return person, kept


def rate(of: Callable[[Life], Any], some: Sequence[Life]) -> float:
    """Agent-days a second: every agent counts for the days of the six years."""
    begun = time.perf_counter()
    for life in some:
        of(life)
    return len(some) * YEARS.days / (time.perf_counter() - begun)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--agents", type=int, default=75_000)
    options.add_argument("--sample", type=int, default=150)
    asked = options.parse_args()
    region = lives(asked.agents)
    engine = rate(lambda life: statutory_pay(life[0], life[1], BOOK), region)
    plain = rate(lambda life: DayByDay(life[0], life[1]).tell(), region[: asked.sample])
    met = engine / plain >= GOAL
    sys.stdout.write(
        f"engine {engine:,.0f} agent-days/s over {asked.agents} agents\n"
        f"plain reading {plain:,.0f} agent-days/s over {asked.sample}\n"
        f"ratio {engine / plain:.1f} (goal {GOAL}): {'met' if met else 'not met'}\n"
    )
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
