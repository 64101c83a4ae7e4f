"""Agents from a file against plain SQL: the same rows, COPY into a stage and INSERT … SELECT, as the same roles."""

from __future__ import annotations

import io
import time
from dataclasses import dataclass
from typing import Final

from sqlalchemy import text

from kit.db.database import Scope, driver
from tests.bench.eligibility_world import World
from tests.postgres import KEPT, ComponentDatabase

# What an import leaves behind, and the columns the database itself fills.
TABLES: Final = (
    "person",
    "agent",
    "identity",
    "data_subject",
    "agent_employer",
    "employment",
    "employment_told",
    "aggregate_version",
    "outbox",
    "redecision",
)
GIVEN: Final = frozenset({"serial", "position", "number"})
# What keeps track of the file itself: the import's alone, and the reference has no such work.
OF_THE_JOB: Final = frozenset({"import_job", "import_reject", "import_warning"})


@dataclass(frozen=True, slots=True)
class Round:
    """Seconds for the same agents, and how many lines were refused."""

    imported: float
    plain: float
    rejected: int


async def measure(world: World) -> Round:
    """One import from the request to the job's end, then its rows again by plain SQL."""
    await world.database.empty()
    began = time.perf_counter()
    job = await world.send("agents")
    imported = time.perf_counter() - began
    assert await _filled(world.database) == set(TABLES), "the reference leaves no table out"
    rows, entered = await _rows(world.database), await _counts(world.database)
    await world.database.empty()
    plain = await _plain(world.database, rows)
    assert await _counts(world.database) == entered, "the reference writes the same rows"
    return Round(imported, plain, job["rejected"])


@dataclass(frozen=True, slots=True)
class _Rows:
    columns: tuple[str, ...]
    content: bytes


async def _rows(database: ComponentDatabase) -> dict[str, _Rows]:
    """The rows of each table as COPY writes them."""
    found: dict[str, _Rows] = {}
    for table in TABLES:
        names = await database.admin.fetch(
            "SELECT column_name FROM information_schema.columns WHERE table_name = $1 ORDER BY ordinal_position", table
        )
        columns = tuple(row["column_name"] for row in names if row["column_name"] not in GIVEN)
        written = io.BytesIO()
        await database.admin.copy_from_table(table, columns=columns, output=written, format="binary")
        found[table] = _Rows(columns, written.getvalue())
    return found


async def _filled(database: ComponentDatabase) -> set[str]:
    """The tables that hold what was imported."""
    known = await database.admin.fetch("SELECT relname FROM pg_stat_user_tables WHERE schemaname = 'public'")
    names = {row["relname"] for row in known} - OF_THE_JOB - set(KEPT)
    return {name for name in names if await database.admin.fetchval(f"SELECT EXISTS (SELECT FROM {name})")}


async def _counts(database: ComponentDatabase) -> list[int]:
    return [await database.admin.fetchval(f"SELECT count(*) FROM {table}") for table in TABLES]


async def _plain(database: ComponentDatabase, rows: dict[str, _Rows]) -> float:
    """Seconds to write them as the api role, in one transaction."""
    began = time.perf_counter()
    async with database.unlimited(Scope.all()) as tx:
        for table, held in rows.items():
            names = ", ".join(f'"{name}"' for name in held.columns)
            stage = f"plain_{table}"
            select = f"SELECT {names} FROM {table}"
            # Nobody may read redecision as the api role: its stage is spelled out.
            made = "(agent uuid, correlation text, causation text, traceparent text)"
            await tx.execute(
                text(
                    f"CREATE TEMPORARY TABLE {stage} {made} ON COMMIT DROP"
                    if table == "redecision"
                    else f"CREATE TEMPORARY TABLE {stage} ON COMMIT DROP AS {select} WITH NO DATA"
                )
            )
            connection = await driver(tx)
            await connection.copy_to_table(
                stage, source=io.BytesIO(held.content), columns=list(held.columns), format="binary"
            )
            await tx.execute(text(f"INSERT INTO {table} ({names}) SELECT {names} FROM {stage}"))
    return time.perf_counter() - began
