"""Facts about the installation itself, by name."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.adapters.tables import platform_state as table


async def get(tx: AsyncConnection, key: str) -> str | None:
    return (await tx.execute(select(table.c.value).where(table.c.key == key))).scalar_one_or_none()


async def put(tx: AsyncConnection, key: str, value: str, now: datetime) -> None:
    values = {"value": value, "recorded_at": now}
    statement = insert(table).values(key=key, **values)
    await tx.execute(statement.on_conflict_do_update(index_elements=["key"], set_=values))
