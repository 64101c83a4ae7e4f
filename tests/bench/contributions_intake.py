"""Pay from a file, from the request to committed rows and events, against plain SQL that writes the same rows.

    python -m tests.bench.contributions_intake [--agents 75000] [--rounds 2]

The reference COPIES the rows into stages and does INSERT … SELECT, as the same role, in one transaction, no more:
it neither reads, checks, versions nor announces anything. Bare COPY into tables without policies is printed beside it.
Memory is by how much the process (the API, the worker and whoever sends) grows at most beyond what it held before.
"""

from __future__ import annotations

import argparse
import io
import time
from collections.abc import AsyncIterator
from statistics import median
from typing import Final

import uvloop
from sqlalchemy import text

from kit.db.database import Scope, driver
from kit.db.job_runner import JobRunner
from kit.period import Month
from tests.bench.contributions_world import NOW, World, world
from tests.bench.cost import peak, resident
from tests.bench.events import show, verdict
from tests.postgres import ComponentDatabase

TABLES: Final = ("pay_version", "aggregate_version", "outbox")
GIVEN: Final = frozenset({"serial", "position"})
GOAL: Final = 0.8
# As a server hands on what it receives.
PIECE_BYTES: Final = 64 * 1024
MEMORY_GOAL: Final = 10
Rows = dict[str, tuple[list[str], bytes]]


async def imported(region: World) -> tuple[float, float]:
    """Seconds from the first byte of the request to the end of the job, and megabytes that it took meanwhile."""
    content = "".join(f"{line}\n" for line in region.lines(Month.of(NOW).previous())).encode()

    async def body() -> AsyncIterator[bytes]:
        for start in range(0, len(content), PIECE_BYTES):
            yield content[start : start + PIECE_BYTES]

    held, began = resident(), time.perf_counter()
    async with region.service.caller("pay:write", "pay:read") as staff:
        headers = {"content-type": "application/jsonl"}
        sent = await staff.post("/v1/imports/pay", content=body(), headers=headers)
        worker = JobRunner(
            region.database.worker, region.database.api, region.service.app.state.jobs, region.service.clock
        )
        while await worker.step():
            pass
        job = (await staff.get(sent.headers["location"])).json()
    assert (job["state"], job["accepted"]) == ("done", region.agents), job
    return time.perf_counter() - began, peak() - held


async def written(database: ComponentDatabase) -> Rows:
    """The rows it left, as COPY writes them."""
    found: Rows = {}
    for table in TABLES:
        names = await database.admin.fetch(
            "SELECT column_name FROM information_schema.columns WHERE table_name = $1 ORDER BY ordinal_position", table
        )
        columns = [row["column_name"] for row in names if row["column_name"] not in GIVEN]
        content = io.BytesIO()
        await database.admin.copy_from_table(table, columns=columns, output=content, format="binary")
        found[table] = columns, content.getvalue()
    return found


async def plain(database: ComponentDatabase, rows: Rows, *, staged: bool) -> float:
    """Seconds to write them: through stages and policies, or into the stages alone (bare COPY)."""
    began = time.perf_counter()
    async with database.unlimited(Scope.all()) as tx:
        for table, (columns, content) in rows.items():
            names = ", ".join(f'"{name}"' for name in columns)
            make = f"CREATE TEMPORARY TABLE plain_{table} ON COMMIT DROP AS SELECT {names} FROM {table} WITH NO DATA"
            await tx.execute(text(make))
            connection = await driver(tx)
            await connection.copy_to_table(
                f"plain_{table}", source=io.BytesIO(content), columns=columns, format="binary"
            )
            if staged:
                await tx.execute(text(f"INSERT INTO {table} ({names}) SELECT {names} FROM plain_{table}"))
    return time.perf_counter() - began


async def measure(agents: int, rounds: int) -> None:
    ours, memory, reference, bare = [], [], [], []
    async with world(agents) as region:
        for _ in range(rounds):
            await region.empty()
            seconds, megabytes = await imported(region)
            ours.append(seconds)
            memory.append(megabytes)
            rows = await written(region.database)
            await region.empty()
            bare.append(await plain(region.database, rows, staged=False))
            reference.append(await plain(region.database, rows, staged=True))
    show("file of pay to committed rows and events, lines/s", f"{agents / median(ours):,.0f}")
    show("the same rows by COPY and INSERT … SELECT, lines/s", f"{agents / median(reference):,.0f}")
    ratio = median(r / o for r, o in zip(reference, ours, strict=True))
    show("import against plain SQL", f"{ratio:.2f}x", f"goal >= {GOAL}x: {verdict(ratio >= GOAL)}")
    grown = max(memory)
    show("memory taken meanwhile, MB", f"{grown:.1f}", f"goal <= {MEMORY_GOAL}: {verdict(grown <= MEMORY_GOAL)}")
    show("import against bare COPY", f"{median(b / o for b, o in zip(bare, ours, strict=True)):.2f}x")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--agents", type=int, default=75_000)
    parser.add_argument("--rounds", type=int, default=2)
    given = parser.parse_args()
    uvloop.run(measure(given.agents, given.rounds))


if __name__ == "__main__":
    main()
