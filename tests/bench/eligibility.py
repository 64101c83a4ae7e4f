"""Agents in bulk: imported, decided in sets, and one retroactive fact, as ratios measured side by side in one run.

    python -m tests.bench.eligibility [--agents 75000] [--rounds 3] [--sample 60] [--facts 200]

Rounds of what is compared are interleaved, figures are medians over rounds.

The reference of the import writes the same rows of the same tables (sealed columns, wrapped keys, events, the queue of
decisions), COPY into a stage and INSERT … SELECT, as the same role, under the same policies, in one transaction. It is
what the database alone can do, and is given what an import has to find: nothing is parsed, checked, sealed or
fingerprinted, its bytes are those the server itself wrote, nobody is looked up, and one commit stands for all. The
import is given nothing: its time runs from the request to the end of its job, its file kept sealed in between.

The reference keeps one core busy, the import two (the service and the server): on a machine that is busy otherwise
their ratio falls to that of their work. The load is therefore printed, and a verdict belongs to an idle machine.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from statistics import median

import uvloop

from kit import logs, memory
from tests.bench.eligibility_decide import decided
from tests.bench.eligibility_import import measure as import_round
from tests.bench.eligibility_latency import delays
from tests.bench.eligibility_world import World, world
from tests.bench.events import show, verdict

DECIDE_GOAL = 20.0
IMPORT_GOAL = 0.8


async def _import(region: World, rounds: int) -> None:
    found = [await import_round(region) for _ in range(rounds)]
    ratio = median(one.plain / one.imported for one in found)
    show("import, agents/s", f"{region.agents / median(one.imported for one in found):,.0f}")
    show("the same rows by plain SQL, agents/s", f"{region.agents / median(one.plain for one in found):,.0f}")
    show("import against plain SQL", f"{ratio:.2f}x", f"goal >= {IMPORT_GOAL}x: {verdict(ratio >= IMPORT_GOAL)}")
    show("lines refused", f"{found[-1].rejected}", "two draws of one NIR with two dates of birth")


async def _decide(region: World, rounds: int, sample: int) -> None:
    await region.database.empty()
    await region.bind()
    await region.send("agents")
    found = await decided(region, rounds, sample)
    show("decided in sets, agents/s", f"{1 / median(one.in_sets for one in found):,.0f}")
    show("one by one through the API, agents/s", f"{1 / median(one.one_by_one for one in found):,.1f}")
    show("statements an agent, in sets", f"{median(one.statements for one in found):.3f}")
    ratio = median(one.one_by_one / one.in_sets for one in found)
    show("in sets against one by one", f"{ratio:.1f}x", f"goal >= {DECIDE_GOAL:.0f}x: {verdict(ratio >= DECIDE_GOAL)}")
    alone = median(one.decision_alone / one.in_sets for one in found)
    show("in sets against a transaction an agent", f"{alone:.1f}x", "its request left out")


async def _latency(region: World, facts: int) -> None:
    found = await delays(region, facts)
    for name, values in (
        ("one retroactive fact to its events", found.facts),
        ("one commit on this disk", found.commits),
    ):
        show(name, f"p50 {_quantile(values, 50):.1f} ms, p99 {_quantile(values, 99):.1f} ms", f"of {len(values)}")
    ratio = _quantile(found.facts, 50) / _quantile(found.commits, 50)
    show("a fact in commits, p50", f"{ratio:.1f}x")


def _quantile(values: Sequence[float], percent: int) -> float:
    return sorted(values)[len(values) * percent // 100]


async def measure(agents: int, rounds: int, sample: int, facts: int) -> None:
    show("others that want a core", f"{os.getloadavg()[0]:.1f}", f"of {os.cpu_count()} cores, when it began")
    async with world(agents) as region:
        logs.configure("eligibility", logging.ERROR)  # nobody is there to be followed, and the worker would say so
        await _import(region, rounds)
        await _decide(region, rounds, sample)
        await _latency(region, facts)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.eligibility", description=__doc__)
    parser.add_argument("--agents", type=int, default=75_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sample", type=int, default=60, help="agents of one round through the API")
    parser.add_argument("--facts", type=int, default=200)
    asked = parser.parse_args()
    memory.settle()  # as every component does when it starts
    uvloop.run(measure(asked.agents, asked.rounds, asked.sample, asked.facts))
    return 0


if __name__ == "__main__":
    sys.exit(main())
