"""Projections built again from the first event: after a mistake in a handler, or to prove that they can be.

Only subscriptions that declare projections take part: their handlers are written to be run again. The consumers may go
on running meanwhile; they find themselves at the beginning, as the rebuild does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from kit.db.database import Scope
from kit.events import parking, place
from kit.events.delivery import Delivery
from kit.events.failure import may_pass
from kit.events.transport_feed import FeedReader, follow

TRIES: Final = 10
RETRY_LIMIT_SECONDS: Final = 3.0
_RESET: Final = tuple(
    text(f"DELETE FROM {table} WHERE consumer = ANY (CAST(:consumers AS text[]))")  # noqa: S608 - names of ours
    for table in ("inbox", "parked_event")
)
_RESTART: Final = text("DELETE FROM consumer_cursor WHERE consumer = ANY (CAST(:consumers AS text[]))")


async def reset(tx: AsyncConnection, deliveries: Sequence[Delivery]) -> list[str]:
    """Empty the projections, the inbox and the places of these consumers, all or nothing; names the tables."""
    consumers = sorted(delivery.consumer for delivery in deliveries)
    # In the order in which a batch takes them: the place, then the lock against replays.
    await tx.execute(_RESTART, {"consumers": consumers})
    for delivery in deliveries:
        await place.begin(tx, delivery)
    for consumer in consumers:
        await parking.alone(tx, consumer)
    tables = sorted({table for delivery in deliveries for table in delivery.subscription.projections})
    assert all(table.isidentifier() for table in tables), tables
    if tables:
        await tx.execute(text(f"TRUNCATE {', '.join(tables)}"))
    for statement in _RESET:
        await tx.execute(statement, {"consumers": consumers})
    return tables


async def rebuild(deliveries: Sequence[Delivery], reader: FeedReader) -> list[str]:
    """Build the projections of these consumers again, up to the present; names the tables. Over either transport."""
    concerned = [delivery for delivery in deliveries if delivery.subscription.projections]
    if not concerned:
        return []
    # Readers of the tables come and go; between two of them there is room.
    async for attempt in AsyncRetrying(
        stop=stop_after_attempt(TRIES),
        wait=wait_random_exponential(multiplier=0.1, max=RETRY_LIMIT_SECONDS),
        retry=retry_if_exception(may_pass),
        reraise=True,
    ):
        with attempt:
            async with concerned[0].database.transaction(Scope.all()) as tx:
                tables = await reset(tx, concerned)
    for delivery in concerned:
        structlog.get_logger(__name__).info("rebuild", consumer=delivery.consumer, tables=tables)
        while True:
            if await follow(reader, delivery):
                break
    return tables
