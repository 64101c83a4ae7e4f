"""How long agents were absent in a year, by kind of leave and length: counted by the database, naming nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

# Days from which a leave counts as longer.
LENGTHS: Final = (1, 4, 31, 91, 181, 366)
_ABSENCE: Final = text(
    """
    WITH entry AS (
        SELECT l.leave, l.agent, e ->> 'kind' AS kind, CAST(e ->> 'start' AS date) AS first,
               coalesce(CAST(e ->> 'end' AS date), greatest(CAST(:today AS date), CAST(e ->> 'start' AS date))) AS last
          FROM leave l CROSS JOIN LATERAL jsonb_array_elements(l.entries) AS e
         WHERE NOT l.cancelled AND (CAST(:employer AS text) IS NULL OR l.employer = :employer)
           AND l.entries #>> '{0,start}' <= CAST(CAST(:last AS date) AS text)
           AND coalesce(l.entries #>> '{-1,end}', 'open') >= CAST(CAST(:first AS date) AS text)),
    whole AS (
        SELECT leave, agent, kind, sum(last - first + 1) AS length,
               sum(greatest(0, least(last, CAST(:last AS date)) - greatest(first, CAST(:first AS date)) + 1)) AS days
          FROM entry GROUP BY leave, agent, kind)
    SELECT kind, width_bucket(length, CAST(:lengths AS bigint[])) AS size, count(DISTINCT agent) AS agents,
           count(*) AS leaves, CAST(sum(days) AS bigint) AS days
      FROM whole WHERE days > 0 GROUP BY 1, 2 ORDER BY 1, 2
    """
)


@dataclass(frozen=True, slots=True)
class Absence:
    """Leaves of one kind and of one length: `longer` days at least. `days` are those of the year."""

    kind: str
    longer: int
    agents: int
    leaves: int
    days: int


async def absence(tx: AsyncConnection, year: int, today: date, employer: str | None) -> Sequence[Absence]:
    """Leaves with a day in the year; one without an end runs until today."""
    asked = {
        "first": date(year, 1, 1),
        "last": date(year, 12, 31),
        "today": today,
        "employer": employer,
        "lengths": list(LENGTHS),
    }
    rows = await tx.execute(_ABSENCE, asked)
    return [Absence(row.kind, LENGTHS[row.size - 1], row.agents, row.leaves, row.days) for row in rows]
