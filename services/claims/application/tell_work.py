"""Tell people what an agent's case waits for, once, and that it no longer does."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, TypeAlias
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.events.outbox import BATCH_LIMIT, Outgoing, publish_many
from kit.events.work_item import WorkItem
from services.claims.adapters import open_work, payments
from services.claims.adapters.asked import Who
from services.claims.adapters.payments import Contradiction, Excess
from services.claims.application.payloads import TOPIC
from services.claims.domain.work import Work

# Of each agent, the kinds of his items by their references.
_Open: TypeAlias = Mapping[Who, dict[str, str]]


class WorkItemOpened(WorkItem):
    """An agent's case waits for a person: its facts contradict each other, or lack something. `kind` says what."""

    type: ClassVar[str] = "fr.psc.claims.work-item.opened.v1"
    topic: ClassVar[str] = TOPIC


class WorkItemClosed(WorkItem):
    """It waits for it no longer."""

    type: ClassVar[str] = "fr.psc.claims.work-item.closed.v1"
    topic: ClassVar[str] = TOPIC


@dataclass(frozen=True, slots=True)
class Item:
    """Work about a thing of an agent, which may have a day."""

    employer: str
    agent: UUID
    kind: Work
    reference: str
    due: date | None = None


async def tell_work(
    tx: AsyncConnection, now: Mapping[Who, set[Work]], items: Iterable[Item], due: Mapping[Work, date]
) -> None:
    """Publish what differs from what was told of these agents, who are held. `due`: the day of a kind."""
    found = {who: {_of_agent(who, kind): kind.value for kind in kinds} for who, kinds in now.items()}
    days = {_of_agent(who, kind): due[kind] for who, kinds in now.items() for kind in kinds & due.keys()}
    await _tell(tx, await open_work.known(tx, now), found, items, days)


async def tell_some(tx: AsyncConnection, who: Collection[Who], kinds: Collection[Work], now: Iterable[Item]) -> None:
    """The same of these kinds alone: what is open of the others stays."""
    before = await open_work.known(tx, who)
    found = {one: {name: kind for name, kind in items.items() if kind not in kinds} for one, items in before.items()}
    await _tell(tx, before, found, now, {})


async def tell_excess(tx: AsyncConnection, who: Who) -> list[Excess]:
    """The same of payments alone, about one agent: what was paid for him above anything decided, which is returned."""
    above = await payments.above_decided(tx, [who])
    await tell_some(tx, [who], {Work.PAYMENT_ABOVE_DECIDED}, map(_of_excess, above))
    return above


async def tell_contradictions(tx: AsyncConnection, who: Who) -> list[Contradiction]:
    """The same of what insurers decided otherwise on one day, which is returned."""
    found = await payments.contradictions(tx, [who])
    await tell_some(tx, [who], {Work.INSURER_DECISIONS_DIFFER}, map(_of_contradiction, found))
    return found


async def of_insurers(tx: AsyncConnection, who: Collection[Who]) -> list[Item]:
    """What is to be looked into of what insurers decided and paid."""
    above, contradictions = await payments.above_decided(tx, who), await payments.contradictions(tx, who)
    return [*map(_of_excess, above), *map(_of_contradiction, contradictions)]


def _of_agent(who: Who, kind: Work) -> str:
    return f"/v1/entitlements?agent={who[1]}&employer={who[0]}#{kind.value}"


def _of_excess(one: Excess) -> Item:
    return Item(one.employer, one.agent, Work.PAYMENT_ABOVE_DECIDED, f"/v1/claims/{one.claim}/payments")


def _of_contradiction(one: Contradiction) -> Item:
    return Item(one.employer, one.agent, Work.INSURER_DECISIONS_DIFFER, f"/v1/claims/{one.claim}/insurer-decisions")


async def _tell(
    tx: AsyncConnection, before: _Open, found: dict[Who, dict[str, str]], items: Iterable[Item], due: Mapping[str, date]
) -> None:
    """What was found of these agents, with items beside it."""
    now, days = {who: dict(names) for who, names in found.items()}, dict[str, date | None](due)
    for one in items:
        now[one.employer, one.agent][one.reference] = one.kind.value
        days[one.reference] = one.due
    changed = {who: items for who, items in now.items() if before[who] != items}
    if not changed:
        return
    await open_work.replace(tx, changed)
    told: list[Outgoing] = []
    for event, these, those in ((WorkItemClosed, before, changed), (WorkItemOpened, changed, before)):
        for who in changed:
            differing = sorted(these[who].items() - those[who].items())
            told += [_told(event, who, kind, name, days.get(name)) for name, kind in differing]
    for start in range(0, len(told), BATCH_LIMIT):
        await publish_many(tx, told[start : start + BATCH_LIMIT])


def _told(event: type[WorkItem], who: Who, kind: str, reference: str, due: date | None) -> Outgoing:
    employer, agent = who[0], str(who[1])
    item = event(kind=kind, due=due, employer=employer, agent=agent, reference=reference)
    return Outgoing(item, key=agent, employer=employer, subject=reference)
