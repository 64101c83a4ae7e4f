"""Which insurers there are, as the registry of organisations says."""

from __future__ import annotations

from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.adapters.tables import insurer as table


async def say(tx: AsyncConnection, code: str) -> None:
    """The registry knows this one; again changes nothing, and it forgets none."""
    await tx.execute(insert(table).values(code=code).on_conflict_do_nothing())


async def known(tx: AsyncConnection, code: str) -> bool:
    """Whether the registry has told of it."""
    return bool((await tx.execute(select(exists().where(table.c.code == code)))).scalar_one())
