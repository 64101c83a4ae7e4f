"""How many agents are employed and covered, by employer: counted by the database, whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_EMPLOYED: Final = text(
    """
    SELECT employer, count(*) AS agents
      FROM (SELECT DISTINCT employer, agent FROM employment
             WHERE valid @> CAST(:day AS date) AND upper_inf(recorded)) AS present
     GROUP BY employer ORDER BY employer LIMIT :most
    """
)
_COVERED: Final = text(
    """
    SELECT employer, agreement, count(*) AS agents FROM affiliation WHERE covered @> CAST(:day AS date)
     GROUP BY employer, agreement ORDER BY employer, agreement LIMIT :most
    """
)


@dataclass(frozen=True, slots=True)
class Employed:
    employer: str
    agents: int


@dataclass(frozen=True, slots=True)
class Covered:
    employer: str
    agreement: str
    agents: int


async def employed(tx: AsyncConnection, day: date, most: int) -> Sequence[Employed]:
    """Agents of each employer on a day, as it is known now."""
    return [Employed(*row) for row in await tx.execute(_EMPLOYED, {"day": day, "most": most})]


async def covered(tx: AsyncConnection, day: date, most: int) -> Sequence[Covered]:
    """Agents covered on a day by each accord, as last decided."""
    return [Covered(*row) for row in await tx.execute(_COVERED, {"day": day, "most": most})]
