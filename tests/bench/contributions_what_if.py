"""What a month would cost under three scenarios, for every agent, in columns, against the rule for one agent.

    python -m tests.bench.contributions_what_if [--agents 20000] [--rounds 3] [--sample 1000]

The whole reads the last pay known of all; the comparison has its agents in memory already.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from statistics import median
from typing import Final

import uvloop

from kit.db.database import Scope
from kit.rate import Rate
from rules.vocabulary import Guarantee
from services.contributions.adapters import agents as known
from services.contributions.application.study_region import study_region
from services.contributions.domain.agent_file import AgentFile
from services.contributions.domain.owed import owed
from services.contributions.domain.what_if import Change, Scenario, Study, WhatIf
from tests.bench.contributions_run import JUNE, paid
from tests.bench.contributions_world import World, drawn, world
from tests.bench.events import show, verdict
from tests.services.contributions.facts import ACCORD, BOOK, CITY, TERMS, agent_file
from tests.services.contributions.facts import paid as paid_line

GOAL: Final = 8
SCENARIOS: Final = (
    Scenario(""),
    Scenario("shared", {Guarantee.BASE: Change(employer_share=Rate.parse("0.8000"))}),
    Scenario("cheaper", {Guarantee.BASE: Change(rate=Rate.parse("0.0150"))}),
    Scenario("for all", {Guarantee.DEATH: Change(mandatory=True)}),
)


async def ours(region: World) -> tuple[float, WhatIf]:
    began = time.perf_counter()
    async with region.database.unlimited(Scope.all()) as tx:
        found = await study_region(tx, JUNE, SCENARIOS, None, employers=None, rules=BOOK)
        assert await known.employers(tx) == [CITY]
    return time.perf_counter() - began, found


def one_by_one(files: Sequence[AgentFile]) -> float:
    began = time.perf_counter()
    for file in files:
        for scenario in SCENARIOS:
            owed(file, JUNE, scenario.terms({ACCORD: TERMS}, CITY, JUNE), BOOK)
    return time.perf_counter() - began


def in_columns(files: Sequence[AgentFile]) -> float:
    began = time.perf_counter()
    study = Study(JUNE, {ACCORD: TERMS}, BOOK)
    study.take(files)
    study.outcome(SCENARIOS)
    return time.perf_counter() - began


async def measure(agents: int, rounds: int, sample: int) -> None:
    async with world(agents) as region:
        await paid(region, agents)
        took = []
        for _ in range(rounds):
            seconds, found = await ours(region)
            took.append(seconds)
            assert (found.agents, found.unpriced) == (agents, 0)
    show("three scenarios, read and computed", f"{median(took):.2f} s", f"{agents / median(took):,.0f} agents/s")
    pays = [{"tib": str(one.tib), "nbi": str(one.nbi), "ri": str(one.ri)} for one in drawn(sample)]
    files = [agent_file(paid_line(str(JUNE), **pay)) for pay in pays]
    ratio = median(one_by_one(files) / in_columns(files) for _ in range(rounds))
    show("columns against the rule for one agent", f"{ratio:.1f}x", f"goal >= {GOAL}x: {verdict(ratio >= GOAL)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    for name, default in (("agents", 20_000), ("rounds", 3), ("sample", 1_000)):
        parser.add_argument(f"--{name}", type=int, default=default)
    given = parser.parse_args()
    uvloop.run(measure(given.agents, given.rounds, given.sample))


if __name__ == "__main__":
    main()
