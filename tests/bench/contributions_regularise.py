"""All of six years regularised at once, after a rate has changed for the past, against a month's run as many times.

    python -m tests.bench.contributions_regularise [--agents 500] [--months 72] [--rounds 1]

One employer, four guarantees an agent. Every line of every month is issued first, then the base rate is another from
the accord's first day, and the next run issues a difference for each month of each agent. The reference is the run of
one month of the same agents. A region is settled employer by employer: 75 000 agents are as many of these runs.
"""

from __future__ import annotations

import argparse
from statistics import median
from typing import Final

import uvloop
from sqlalchemy import text

from kit.db.database import Scope
from kit.period import Month
from services.contributions.adapters import terms
from services.contributions.application.record_pay import Reception
from services.contributions.application.run_contributions import run_contributions
from services.contributions.domain.terms_document import kept
from tests.bench.contributions_run import elected, paid
from tests.bench.contributions_world import NOW, World, world
from tests.bench.cost import Cost
from tests.bench.events import show, verdict
from tests.services.contributions.facts import ACCORD, BOOK, CITY, TERMS, revised

FIRST: Final = Month(2025, 1)
GOAL: Final = 0.8
YEAR: Final = 12
# A month takes a fraction of a second, of which others on the machine take their part.
REFERENCES: Final = 5
# So large a change would wait for a person otherwise.
UNBOUND: Final = BOOK.replacing("contributions.bound.agent_run", "1000000.00").replacing(
    "contributions.bound.employer_floor", "900000000.00"
)


async def settled(region: World, last: Month) -> tuple[Cost, int]:
    """What a run costs, and how many lines it issues."""
    await region.at_rest()
    async with region.database.api.transaction(Scope.of(frozenset({CITY}))) as tx:
        await tx.execute(text("SET LOCAL statement_timeout = 0"))
        server = await tx.scalar(text("SELECT pg_backend_pid()"))
        assert server is not None
        began = Cost.so_far(server)
        done = await run_contributions(tx, CITY, last, UNBOUND, Reception(NOW, "bench"), dry_run=False)
    return Cost.so_far(server) - began, sum(len(draft.deltas) for draft in done.drafts)


async def one_month(region: World) -> Cost:
    await paid(region, region.agents, [FIRST])
    await elected(region)
    cost, lines = await settled(region, FIRST)
    assert lines == region.agents * len(TERMS.guarantees), lines
    return cost


async def every_month(region: World, months: int) -> Cost:
    """Issued year by year, then regularised: the cost of the latter."""
    last = FIRST.plus(months - 1)
    await paid(region, region.agents, [FIRST.plus(n) for n in range(months)])
    await elected(region)
    for n in range(YEAR, months, YEAR):
        await settled(region, FIRST.plus(n - 1))
    await settled(region, last)
    async with region.database.worker.transaction(Scope.all()) as tx:
        await terms.store(tx, ACCORD, 2, kept(revised("BASE", {"rate": "0.0210"}) | {"version": 2}))
    await region.database.admin.execute("ANALYZE")
    cost, lines = await settled(region, last)
    assert lines == region.agents * months, lines
    return cost


async def measure(agents: int, months: int, rounds: int) -> None:
    async with world(agents) as region:
        await one_month(region)  # warms up
        wholes = [await every_month(region, months) for _ in range(rounds)]
        singles = [await one_month(region) for _ in range(rounds * REFERENCES)]
    for how in ("clock", "cpu"):
        whole = median(getattr(one, how) for one in wholes)
        ratio = whole / (median(getattr(one, how) for one in singles) * months)
        show(f"months of agents regularised, a second of {how} time", f"{agents * months / whole:,.0f}")
        show(f"  in times of {months} monthly runs", f"{ratio:.2f}", f"goal <= {GOAL}: {verdict(ratio <= GOAL)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    for name, default in (("agents", 500), ("months", 72), ("rounds", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    given = parser.parse_args()
    uvloop.run(measure(given.agents, given.months, given.rounds))


if __name__ == "__main__":
    main()
