"""Beginning again before the first event, with nothing: as asked, or as newer handlers make more of the events."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.db.database import Scope
from kit.events import parking, place
from kit.events.delivery import Delivery

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


class OutdatedError(Exception):
    """Newer handlers have applied the events: this process is of before an upgrade, and must not go on."""


async def begin_again_if_revised(delivery: Delivery) -> None:
    """Empty the projections of a consumer whose handlers make more of the events than those that applied them did; its
    transport then reads from the first one. Raises OutdatedError where newer ones have.
    """
    mine = delivery.subscription.revision
    async with delivery.database.transaction(Scope.all()) as tx:
        known = await place.revision(tx, delivery)
        if known is None or known == mine:
            return
        if known > mine:
            raise OutdatedError
        tables = await reset(tx, [delivery])
    structlog.get_logger(__name__).warning("revised", consumer=delivery.consumer, revision=mine, tables=tables)
