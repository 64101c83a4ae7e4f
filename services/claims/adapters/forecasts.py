"""The passages to half pay that were announced."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.claims.adapters.tables import half_pay_forecast as table


async def announced(tx: AsyncConnection, employer: str, agent: UUID) -> dict[UUID, date | None]:
    """The day last announced for each leave; None when it was withdrawn since."""
    mine = (table.c.employer == employer) & (table.c.agent == agent)
    rows = await tx.execute(select(table.c.leave, table.c.passes_on).where(mine))
    return {row.leave: row.passes_on for row in rows}


async def announce(tx: AsyncConnection, employer: str, agent: UUID, leave: UUID, on: date | None) -> None:
    """Remember the day announced for a leave, or that it no longer passes."""
    new = insert(table).values(employer=employer, agent=agent, leave=leave, passes_on=on)
    await tx.execute(
        new.on_conflict_do_update(
            index_elements=["employer", "agent", "leave"], set_={"passes_on": new.excluded.passes_on}
        )
    )
