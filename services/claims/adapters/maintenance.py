"""What employers keep of the RI, as they stated it: never changed, the last statement about a day wins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.rate import Rate
from services.claims.adapters.tables import ri_maintenance as table


@dataclass(frozen=True, slots=True)
class Statement:
    """For one kind of leave, from a day on."""

    id: UUID
    employer: str
    kind: str
    starts: date
    full_rate: Rate
    half_rate: Rate
    deliberation: str | None
    recorded_at: datetime
    recorded_by: str


async def state(tx: AsyncConnection, statement: Statement) -> None:
    await tx.execute(insert(table).values(**{name: getattr(statement, name) for name in Statement.__slots__}))


async def stated(tx: AsyncConnection, employer: str) -> list[Statement]:
    """What is in force for each kind and day, by kind and day."""
    query = select(table).ext(distinct_on(table.c.kind, table.c.starts)).where(table.c.employer == employer)
    rows = await tx.execute(query.order_by(table.c.kind, table.c.starts, table.c.id.desc()))
    return [Statement(**row._asdict()) for row in rows]
