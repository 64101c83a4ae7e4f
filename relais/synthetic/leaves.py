"""Leaves of one synthetic year: who is away, for how long, and the entries a doctor would have signed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from kit.period import Period
from relais.synthetic.distributions import chance, load
from relais.synthetic.region import Agent

OF_A_THOUSAND = 1000


@dataclass(frozen=True, slots=True)
class Leave:
    """A leave of one agent; `entries` are its initial stop and its renewals, contiguous."""

    employer: str
    matricule: str
    kind: str
    entries: tuple[Period, ...]

    @property
    def start(self) -> date:
        return self.entries[0].start

    @property
    def end(self) -> date:
        return self.entries[-1].last


def leaves_of(agent: Agent, *, seed: int, year: Period) -> Iterator[Leave]:
    """The leaves that begin in `year`, at most one per kind, never overlapping nor outside the employment."""
    assert year.end is not None
    random = Random(f"{seed}:leaves:{agent.employer}:{agent.matricule}")  # noqa: S311 - a reproducible draw
    free_from = max(year.start, agent.start)
    for kind, rule in load()["leaves"].items():
        if agent.regime not in rule.get("regimes", (agent.regime,)) or not chance(
            random, rule["incidence"], OF_A_THOUSAND
        ):
            continue
        _, shortest, longest = random.choices(rule["lasts"], [row[0] for row in rule["lasts"]])[0]
        start = free_from + timedelta(days=random.randrange(year.days))
        end = min(start + timedelta(days=random.randint(shortest, longest) - 1), agent.end or date.max)
        if start > year.end or end < start:
            continue
        yield Leave(agent.employer, agent.matricule, kind, tuple(entries(Period(start, end))))
        free_from = end + timedelta(days=2)


def entries(whole: Period) -> Iterator[Period]:
    """The same days as contiguous entries of bounded length.

    >>> [p.days for p in entries(Period(date(2026, 1, 1), date(2026, 3, 1)))]
    [30, 30]
    """
    length = timedelta(days=load()["entry_days"])
    start = whole.start
    while start <= whole.last:
        end = min(start + length - timedelta(days=1), whole.last)
        yield Period(start, end)
        start = end + timedelta(days=1)
