"""A monthly run, persisted, against the same as set-based SQL and through the ORM, as the same role and policies.

    python -m tests.bench.contributions_run [--agents 20000] [--rounds 3] [--sample 2000]

Each reads the pay, works out what is owed, compares it with what was issued, writes lines and statement, and commits.
Ours keeps a snapshot and tells of the statement besides; the references do not.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Awaitable, Callable
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
from kit.rate import Rate
from services.contributions.adapters.tables import agent_matricule, contribution_line, pay_version
from services.contributions.application.record_pay import Reception
from services.contributions.application.run_contributions import run_contributions
from tests.bench.contributions_world import NOW, World, world
from tests.bench.events import show, verdict
from tests.services.contributions.facts import ACCORD, BOOK, CITY

JUNE: Final = Month(2025, 6)
TPP: Final = Money(1_392)
RATE: Final = Rate.parse("0.0205")
SQL_GOAL: Final = 0.75
ORM_GOAL: Final = 30
SIZE_GOAL: Final = 12.5
_SQL: Final = text("""
    WITH current AS (
        SELECT DISTINCT ON (matricule, employment, month) * FROM pay_version
         WHERE employer = :employer AND month <= :month ORDER BY matricule, employment, month, version DESC),
    covered AS (
        SELECT a.agent, a.agreement, c.month, c.tib + c.nbi + c.ri - least(coalesce(c.tpp, :tpp), c.ri) AS base,
               (SELECT count(DISTINCT d)
                  FROM jsonb_to_recordset(a.timeline) AS s ("start" date, "end" date, outcome text),
                       generate_series(c.month, c.month + interval '1 month' - interval '1 day', interval '1 day') AS d
                 WHERE s.outcome = 'AFFILIATED' AND d >= s."start" AND (s."end" IS NULL OR d <= s."end")) AS days,
               extract(day FROM c.month + interval '1 month' - interval '1 day') AS paid
          FROM current c JOIN agent_matricule USING (employer, matricule)
          JOIN affiliation a USING (employer, agent) JOIN employment e USING (employer, agent)
         WHERE e.starts <= c.month),
    owed AS (
        SELECT agent, agreement, month, round(base * days / paid) AS base,
               round(round(base * days / paid) * :rate) AS amount
          FROM covered WHERE days > 0),
    issued AS (
        SELECT agent, agreement, month, sum(base) AS base, sum(amount) AS amount FROM contribution_line
         WHERE employer = :employer AND month <= :month GROUP BY agent, agreement, month)
    INSERT INTO contribution_line
    SELECT gen_random_uuid(), :employer, agent, month, agreement, 'demo-a', 'BASE', o.base - coalesce(i.base, 0), :rate,
           o.amount - coalesce(i.amount, 0), o.amount - coalesce(i.amount, 0), 0, month <> :month, false, :run, :run
      FROM owed o LEFT JOIN issued i USING (agent, agreement, month)
     WHERE o.amount <> coalesce(i.amount, 0)
""")
_STATEMENT: Final = text("""
    WITH added AS (SELECT count(*) AS n, sum(amount) AS amount FROM contribution_line WHERE statement = :run),
    held AS (INSERT INTO run VALUES (:run, :employer, :month, '', now(), 'bench'))
    INSERT INTO statement
    SELECT :run, :employer, 1, :agreement, 'demo-a', :month, :run, n, amount, amount, 0, '{}', now() FROM added
""")


async def ours(tx: AsyncConnection) -> None:
    await run_contributions(tx, CITY, JUNE, BOOK, Reception(NOW, "bench"), dry_run=False)


async def in_sql(tx: AsyncConnection) -> None:
    given = {"employer": CITY, "month": JUNE.first, "run": new_id()}
    await tx.execute(_SQL, {**given, "tpp": TPP.cents, "rate": RATE.value})
    await tx.execute(_STATEMENT, {**given, "agreement": ACCORD})


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
            amount = Money.rounded((base * RATE.value).quantize(Decimal("0.01"), ROUND_HALF_UP))
            figures = {"base": Money.rounded(base), "rate": RATE, "amount": amount, "employer_share": amount}
            key = {"id": new_id(), "employer": CITY, "agent": who.agent, "month": JUNE, "agreement": ACCORD}
            flags = {"insurer": "demo-a", "guarantee": "BASE", "agent_share": Money(0), "regularisation": False}
            session.add(LineRow(**key, **figures, **flags, unresolved=False, run=run, statement=run))
            await session.flush()


async def paid(region: World, agents: int) -> None:
    """Pay of so many of the agents, and nothing issued."""
    await region.empty()
    columns = ["employer", "matricule", "employment", "month", "version", "tib", "nbi", "ri", "sft", "ir", "other"]
    zero = Money(0)
    rows: list[tuple[Any, ...]] = [
        (
            CITY,
            f"M{n}",
            "",
            JUNE,
            1,
            Money(200_057 + 100 * (n % 500)),
            zero,
            Money(30_000),
            zero,
            zero,
            {},
            NOW,
            "bench",
        )
        for n in range(agents)
    ]
    async with region.database.api.transaction(Scope.all()) as tx:
        await copy_rows(tx, pay_version, [*columns, "recorded_at", "recorded_by"], rows)
    await region.database.admin.execute("ANALYZE")


async def seconds(region: World, agents: int, work: Callable[[AsyncConnection], Awaitable[None]]) -> float:
    await paid(region, agents)
    began = time.perf_counter()
    async with region.database.api.transaction(Scope.of(frozenset({CITY}))) as tx:
        await tx.execute(text("SET LOCAL statement_timeout = 0"))
        await work(tx)
    took = time.perf_counter() - began
    lines = await region.database.admin.fetchval("SELECT count(*) FROM contribution_line WHERE amount > 0")
    assert lines == agents, f"{lines} lines of {agents}"
    return took


async def measure(agents: int, rounds: int, sample: int) -> None:
    async with world(agents) as region:
        pairs = [(await seconds(region, agents, ours), await seconds(region, agents, in_sql)) for _ in range(rounds)]
        orm = await seconds(region, sample, in_orm) * agents / sample
        tenth = median([await seconds(region, agents // 10, ours) for _ in range(rounds)])
    run = median(own for own, _ in pairs)
    show("a run, agents/s", f"{agents / run:,.0f}")
    ratio = median(own / sql for own, sql in pairs)
    show("time of a run in times of set-based SQL", f"{ratio:.2f}", f"goal <= {SQL_GOAL}: {verdict(ratio <= SQL_GOAL)}")
    show("a run against the ORM", f"{orm / run:.0f}x", f"goal >= {ORM_GOAL}x: {verdict(orm / run >= ORM_GOAL)}")
    growth = run / tenth
    show("ten times the agents, in times", f"{growth:.1f}", f"goal <= {SIZE_GOAL}: {verdict(growth <= SIZE_GOAL)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    for name, default in (("agents", 20_000), ("rounds", 3), ("sample", 2_000)):
        parser.add_argument(f"--{name}", type=int, default=default)
    given = parser.parse_args()
    uvloop.run(measure(given.agents, given.rounds, given.sample))


if __name__ == "__main__":
    main()
