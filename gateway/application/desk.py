"""Keep the work list up to date with what the services tell. Everything here may be repeated."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.adapters import partner_events, work_items
from gateway.application.distribute import distribute
from gateway.domain.work_items import WorkItem, changes
from kit.events.envelope import Envelope, EventType

ERASED: Final = "agent.erased"


async def follow(tx: AsyncConnection, envelope: Envelope, data: dict[str, Any]) -> None:
    """An event of an employer: to the feeds, then to the work list."""
    await distribute(tx, envelope, data)
    await list_work(tx, envelope, data)


async def list_work(tx: AsyncConnection, envelope: Envelope, data: dict[str, Any]) -> None:
    """An event of an employer, to the work list alone."""
    if envelope.employer is None:
        return
    name = ".".join(EventType(envelope.type).family.split(".")[-2:])
    if name == ERASED:
        await work_items.drop(tx, str(data["agent"]))
    for change in changes(name, data, envelope.employer, envelope.time):
        if isinstance(change, WorkItem):
            await work_items.put(tx, change, envelope.topic, envelope.key)
        else:
            await work_items.close(tx, change)


async def forget_accords(tx: AsyncConnection, topic: str, keys: Sequence[str]) -> None:
    """The same of accords. How far they were read is no projection: built again from the first event, what an accord
    said once would give its former insurers what has been recorded since it said otherwise.
    """
    await partner_events.forget_versions(tx, keys)
    await work_items.forget(tx, topic, keys)


async def forget(tx: AsyncConnection, topic: str, keys: Sequence[str]) -> None:
    """What was built from keys whose history their producer lost."""
    await partner_events.forget(tx, topic, keys)
    await work_items.forget(tx, topic, keys)
