"""A monthly run, persisted, against the same as set-based SQL and through the ORM, as the same role and policies.

    python -m tests.bench.contributions_run [--agents 20000] [--rounds 3] [--sample 2000]

Each reads the pay of agents with four guarantees, works out what is owed and writes the lines, to the same cent, and
commits. SQL compares with what was issued and writes the statement and its event too (`contributions_sql.py`), the ORM
does not. Ours holds the changes against bounds and keeps a snapshot besides.
"""

from __future__ import annotations

import argparse
from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from statistics import median
from typing import Any, Final

import uvloop
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.orm import registry

from kit.db.copy import copy_rows
from kit.db.database import Scope
from kit.ids import new_id
from kit.money import Money
from kit.period import Month
from services.contributions.adapters.tables import agent_matricule, contribution_line, option_election, pay_version
from services.contributions.application.record_pay import Reception
from services.contributions.application.run_contributions import run_contributions
from tests.bench.contributions_sql import run_in_sql
from tests.bench.contributions_world import NOW, World, world
from tests.bench.cost import Cost
from tests.bench.events import show, verdict
from tests.services.contributions.facts import ACCORD, BOOK, CITY, TERMS

JUNE: Final = Month(2025, 6)
TPP: Final = Money(1_392)
SQL_GOAL: Final = 0.75
ORM_GOAL: Final = 30
SIZE_GOAL: Final = 12.5


async def ours(tx: AsyncConnection) -> None:
    await run_contributions(tx, CITY, JUNE, BOOK, Reception(NOW, "bench"), dry_run=False)


async def in_sql(tx: AsyncConnection) -> None:
    await run_in_sql(tx, CITY, JUNE, TERMS, {"C": TPP})


class PayRow:
    """A row of pay, as the ORM holds it."""


class Matricule:
    """Who is behind a matricule."""


class LineRow:
    """A line, as the ORM holds it."""

    def __init__(self, **values: Any) -> None:
        for name, value in values.items():
            setattr(self, name, value)


_mapper: Final = registry()
for model, table in ((PayRow, pay_version), (Matricule, agent_matricule), (LineRow, contribution_line)):
    _mapper.map_imperatively(model, table)


async def in_orm(tx: AsyncConnection) -> None:
    """An object a row, in Decimal, as a first version would be written."""
    run = new_id()
    async with AsyncSession(bind=tx) as session:
        for row in (await session.scalars(select(PayRow))).all():
            found: Any = row
            who: Any = await session.get(Matricule, (found.employer, found.matricule))
            base = found.tib.euros + found.nbi.euros + found.ri.euros - min(TPP.euros, found.ri.euros)
            for guarantee in TERMS.guarantees:
                rate = guarantee.rates[0].rate
                amount = Money.rounded((base * rate.value).quantize(Decimal("0.01"), ROUND_HALF_UP))
                figures = {"base": Money.rounded(base), "rate": rate, "amount": amount, "employer_share": amount}
                key = {"id": new_id(), "employer": CITY, "agent": who.agent, "month": JUNE, "agreement": ACCORD}
                named = {"insurer": "demo-a", "guarantee": guarantee.code.value, "agent_share": Money(0)}
                flags = {"regularisation": False, "unresolved": False}
                session.add(LineRow(**key, **figures, **named, **flags, run=run, statement=run))
            await session.flush()


async def paid(region: World, agents: int, months: Sequence[Month] = (JUNE,)) -> None:
    """Pay of so many of the agents, and nothing issued."""
    await region.empty()
    columns = ["employer", "matricule", "employment", "month", "version", "tib", "nbi", "ri", "sft", "ir", "other"]
    zero = Money(0)
    rows: list[tuple[Any, ...]] = [
        (CITY, one.matricule, "", month, 1, one.tib, one.nbi, one.ri, zero, zero, {}, NOW, "bench")
        for one in region.people[:agents]
        for month in months
    ]
    async with region.database.api.transaction(Scope.all()) as tx:
        await copy_rows(tx, pay_version, [*columns, "recorded_at", "recorded_by"], rows)
    await region.database.admin.execute("ANALYZE")


async def elected(region: World) -> None:
    """Every agent has every option: four lines each."""
    columns = ["employer", "agent", "guarantee", "starts"]
    async with region.database.worker.transaction(Scope.all()) as tx:
        people = (await tx.scalars(select(agent_matricule.c.agent))).all()
        options = [one.code.value for one in TERMS.guarantees if not one.mandatory]
        rows = [(CITY, agent, code, date(2025, 1, 1)) for agent in people for code in options]
        await copy_rows(tx, option_election, columns, rows)
    await region.database.admin.execute("ANALYZE option_election")


async def measured(region: World, agents: int, work: Callable[[AsyncConnection], Awaitable[None]]) -> tuple[Cost, int]:
    """What it costs, from the first statement to the commit, and the cents that it issued."""
    await paid(region, agents)
    await elected(region)
    await region.at_rest()
    async with region.database.patient() as database:
        async with database.transaction(Scope.of(frozenset({CITY}))) as tx:
            server = await tx.scalar(text("SELECT pg_backend_pid()"))
            assert server is not None
            began = Cost.so_far(server)
            await work(tx)
        cost = Cost.so_far(server) - began
    found = await region.database.admin.fetchrow("SELECT count(*), sum(amount) FROM contribution_line")
    assert found is not None
    assert found[0] == agents * len(TERMS.guarantees), f"{found[0]} lines of {agents} agents"
    return cost, int(found[1])


async def measure(agents: int, rounds: int, sample: int) -> None:
    pairs = []
    async with world(agents) as region:
        for _ in range(rounds + 1):
            (own, cents), (sql, as_many) = await measured(region, agents, ours), await measured(region, agents, in_sql)
            assert cents == as_many, f"{cents} cents, {as_many} in SQL"
            pairs.append((own, sql))
        orm, _ = await measured(region, sample, in_orm)
        tenths = [(await measured(region, agents // 10, ours))[0] for _ in range(rounds)]
    # The first round warms up.
    del pairs[0]
    for how in ("clock", "cpu"):
        run = median(getattr(own, how) for own, _ in pairs)
        ratio = median(getattr(own, how) / getattr(sql, how) for own, sql in pairs)
        by_orm = getattr(orm, how) * agents / sample / run
        growth = run / median(getattr(tenth, how) for tenth in tenths)
        show(f"a run, agents/s of {how} time", f"{agents / run:,.0f}")
        show("  in times of set-based SQL", f"{ratio:.2f}", f"goal <= {SQL_GOAL}: {verdict(ratio <= SQL_GOAL)}")
        show("  faster than the ORM", f"{by_orm:.0f}x", f"goal >= {ORM_GOAL}x: {verdict(by_orm >= ORM_GOAL)}")
        show(
            "  ten times the agents, in times", f"{growth:.1f}", f"goal <= {SIZE_GOAL}: {verdict(growth <= SIZE_GOAL)}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    for name, default in (("agents", 20_000), ("rounds", 3), ("sample", 2_000)):
        parser.add_argument(f"--{name}", type=int, default=default)
    given = parser.parse_args()
    uvloop.run(measure(given.agents, given.rounds, given.sample))


if __name__ == "__main__":
    main()
