"""Release a parked change: the next run may issue it, once, and only as large as it was shown."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.events.outbox import publish
from services.contributions.adapters import parking
from services.contributions.adapters.parking import Parked
from services.contributions.application.payloads.work import WorkItemClosed
from services.contributions.application.record_pay import Reception
from services.contributions.domain.errors import NotParked, UnknownParked


async def release_parked(tx: AsyncConnection, key: UUID, reason: str, reception: Reception) -> Parked:
    """Raises UnknownParked, and NotParked for one that is no longer open."""
    found = await parking.one(tx, key)
    if found is None:
        raise UnknownParked
    if found.state != parking.OPEN:
        raise NotParked
    await parking.settle(tx, [key], parking.RELEASED, at=reception.at, by=reception.client, reason=reason)
    await publish(tx, WorkItemClosed.of(found), key=found.employer, employer=found.employer)
    released = await parking.one(tx, key)
    assert released is not None, "it was there"
    return released
