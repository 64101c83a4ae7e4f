"""The buckets that all processes of the gateway share. Not logged: after a crash every bucket is full again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from sqlalchemy import delete, text
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.adapters.tables import rate_bucket
from kit.db.database import Database, Scope

_LEASE: Final = text(
    """
    WITH held AS (
        SELECT client,
               least(:capacity, level + greatest(0, extract(epoch FROM clock_timestamp() - at)) * :rate) AS filled
          FROM rate_bucket WHERE client = :client FOR UPDATE)
    UPDATE rate_bucket AS bucket SET level = filled - least(:wanted, floor(filled)), at = clock_timestamp()
      FROM held WHERE bucket.client = held.client
    RETURNING least(:wanted, floor(filled))::int, bucket.level::float8
    """
)
_FIRST: Final = text(
    "INSERT INTO rate_bucket (client, level, at) VALUES (:client, :capacity, clock_timestamp()) ON CONFLICT DO NOTHING"
)


async def forget(tx: AsyncConnection, before: datetime) -> None:
    """Buckets nobody has taken from since: they are full again, as a new one is."""
    await tx.execute(delete(rate_bucket).where(rate_bucket.c.at < before))


class SharedBuckets:
    """gateway.limiter.Buckets in the gateway's database."""

    def __init__(self, database: Callable[[], Database]) -> None:
        self._database = database

    async def lease(self, client: str, wanted: int, rate: float, capacity: float) -> tuple[int, float]:
        values = {"client": client, "wanted": wanted, "rate": rate, "capacity": capacity}
        async with self._database().transaction(Scope.none()) as tx:
            row = (await tx.execute(_LEASE, values)).one_or_none()
            if row is None:
                await tx.execute(_FIRST, {"client": client, "capacity": capacity})
                row = (await tx.execute(_LEASE, values)).one()
        return int(row[0]), float(row[1])
