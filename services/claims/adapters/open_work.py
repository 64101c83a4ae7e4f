"""What people were told to do about agents, and have not done yet."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.db.copy import put_rows
from services.claims.adapters.asked import Who, asked, rows_of
from services.claims.adapters.handling_tables import open_work


async def known(tx: AsyncConnection, who: Collection[Who]) -> dict[Who, dict[str, str]]:
    """The work open about each of these agents: its kind by its reference."""
    rows = await rows_of(tx, open_work, who)
    return {one: {row.reference: row.kind for row in rows[one]} for one in who}


async def replace(tx: AsyncConnection, now: dict[Who, dict[str, str]]) -> None:
    """Of these agents this is open, and nothing else."""
    chosen = asked(now)
    mine = (open_work.c.employer == chosen.c.employer) & (open_work.c.agent == chosen.c.agent)
    await tx.execute(delete(open_work).where(mine))
    rows = [
        {"employer": employer, "agent": agent, "reference": reference, "kind": kind}
        for (employer, agent), open_now in now.items()
        for reference, kind in open_now.items()
    ]
    await put_rows(tx, open_work, rows)
