"""Tell people what an agent's case waits for, once, and that it no longer does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import ClassVar

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.events.outbox import BATCH_LIMIT, Outgoing, publish_many
from kit.events.work_item import WorkItem
from services.claims.adapters import open_work
from services.claims.adapters.asked import Who
from services.claims.application.payloads import TOPIC
from services.claims.domain.work import Work


class WorkItemOpened(WorkItem):
    """An agent's case waits for a person: its facts contradict each other, or lack something. `kind` says what."""

    type: ClassVar[str] = "fr.psc.claims.work-item.opened.v1"
    topic: ClassVar[str] = TOPIC


class WorkItemClosed(WorkItem):
    """It waits for it no longer."""

    type: ClassVar[str] = "fr.psc.claims.work-item.closed.v1"
    topic: ClassVar[str] = TOPIC


async def tell_work(tx: AsyncConnection, now: Mapping[Who, set[Work]], due: Mapping[Work, date]) -> None:
    """Publish what differs from what was told of these agents, who are held; `due`: of kinds that have a day."""
    before = await open_work.known(tx, now)
    changed = {who: {kind.value for kind in kinds} for who, kinds in now.items() if before[who] != kinds}
    if not changed:
        return
    await open_work.replace(tx, changed)
    days = {kind.value: day.isoformat() for kind, day in due.items()}
    told: list[Outgoing] = []
    for event, these, those in ((WorkItemClosed, before, changed), (WorkItemOpened, changed, before)):
        told += [_told(event, who, kind, days) for who in changed for kind in sorted(these[who] - those[who])]
    for start in range(0, len(told), BATCH_LIMIT):
        await publish_many(tx, told[start : start + BATCH_LIMIT])


def _told(event: type[WorkItem], who: Who, kind: str, days: Mapping[str, str]) -> Outgoing:
    employer, agent = who[0], str(who[1])
    reference = f"/v1/entitlements?agent={agent}&employer={employer}#{kind}"
    item = event(kind=kind, due=days.get(kind), employer=employer, agent=agent, reference=reference)
    return Outgoing(item, key=agent, employer=employer, subject=reference)
