"""What contributions hold of a person, what forbids erasing it, and how it is erased and purged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.data_protection import Purge

_OLD_PARTS: Final = (
    "declaration IN (SELECT id FROM dsn_declaration WHERE month < date_trunc('month', CAST(:before AS date)))"
)
PURGES: Final = (
    Purge(
        what="declarations",
        rule="retention.payroll_years",
        count=f"SELECT count(*) FROM dsn_part WHERE {_OLD_PARTS}",  # noqa: S608 - a condition of ours
        delete=f"DELETE FROM dsn_part WHERE {_OLD_PARTS}",  # noqa: S608 - the same
    ),
)
_COUNTS: Final = text("""
    SELECT (SELECT count(*) FROM dsn_part WHERE agent = :agent) AS declarations,
           (SELECT count(*) FROM dsn_person WHERE agent = :agent) AS nir_index,
           (SELECT count(*) FROM dsn_difference WHERE agent = :agent) AS differences,
           (SELECT count(*) FROM pay_version p JOIN agent_matricule m USING (employer, matricule)
             WHERE m.agent = :agent) AS pay,
           (SELECT count(*) FROM contribution_line WHERE agent = :agent) AS lines
""")
_LAST_MONTH: Final = text("""
    SELECT greatest((SELECT max(month) FROM contribution_line WHERE agent = :agent),
                    (SELECT max(month) FROM pay_version p JOIN agent_matricule m USING (employer, matricule)
                      WHERE m.agent = :agent))
""")
_ERASE: Final = tuple(
    text(f"DELETE FROM {table} WHERE agent = ANY (CAST(:agents AS uuid[]))")  # noqa: S608 - tables of ours
    for table in ("dsn_part", "dsn_person", "dsn_difference")
)


async def counts(tx: AsyncConnection, agent: UUID) -> dict[str, int]:
    """How many rows of each kind are about a person."""
    return dict((await tx.execute(_COUNTS, {"agent": agent})).mappings().one())


async def last_month(tx: AsyncConnection, agent: UUID) -> date | None:
    """The first day of the last month that a person was paid or contributed for."""
    month: date | None = (await tx.execute(_LAST_MONTH, {"agent": agent})).scalar()
    return month


async def erase(tx: AsyncConnection, agents: Sequence[UUID]) -> None:
    """Delete what declarations said of these persons, and what would find them. Again, it changes nothing."""
    for statement in _ERASE if agents else ():
        await tx.execute(statement, {"agents": list(agents)})
