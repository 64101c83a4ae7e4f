"""What an owner does with its webhooks: register, look at how delivery goes, replay, change the key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.adapters import feed_pages, webhooks
from gateway.adapters.partner_events import CHANNEL
from gateway.application.webhook_keys import new_key
from gateway.domain.webhooks import MAX_WEBHOOKS, TooManyWebhooks, UnknownCursor, UnknownWebhook, Webhook
from kit.clock import Clock
from kit.crypto import KeyRing
from kit.db.database import wake_after
from kit.events.cursor import Cursor
from kit.http.auth import Principal
from kit.ids import new_id


@dataclass(frozen=True, slots=True)
class Registration:
    """A webhook to be. `after` is the cursor it starts behind; None: `newest`, the last position there is."""

    url: str
    types: frozenset[str] | None
    after: str | None
    newest: int


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a webhook stands: events not taken yet, and since when the first of them waits."""

    webhook: Webhook
    behind: int
    waiting_since: datetime | None
    cursor: str


async def register(
    tx: AsyncConnection, caller: Principal, asked: Registration, ring: KeyRing, clock: Clock
) -> Delivery:
    """Raises TooManyWebhooks, UnknownCursor."""
    if await webhooks.count_of(tx, caller.client) >= MAX_WEBHOOKS:
        raise TooManyWebhooks
    position = await _position(tx, asked.after)
    key, now = new_id(), clock.instant()
    sealed, public = new_key(ring, key)
    one = Webhook(
        id=key,
        client=caller.client,
        url=asked.url,
        types=asked.types,
        public=public,
        position=asked.newest if position is None else position,
        failures=0,
        next_at=now,
        last_error=None,
        attempted_at=None,
        delivered_at=None,
        disabled_at=None,
        recorded_at=now,
    )
    await webhooks.add(tx, one, sealed)
    _wake(tx)
    return await state_of(tx, one, clock)


async def state_of(tx: AsyncConnection, one: Webhook, clock: Clock) -> Delivery:
    behind, since = await webhooks.behind(tx, one, clock.day())
    return Delivery(one, behind, since, str(Cursor(await feed_pages.epoch(tx), one.position)))


async def found(tx: AsyncConnection, key: UUID) -> Webhook:
    """Raises UnknownWebhook, also for one of somebody else."""
    one = await webhooks.find(tx, key)
    if one is None:
        raise UnknownWebhook
    return one


async def replay(tx: AsyncConnection, key: UUID, after: str | None, clock: Clock) -> Delivery:
    """Post again what follows a cursor, or go on from where it is. Raises UnknownWebhook, UnknownCursor."""
    position = await _position(tx, after)
    if not await webhooks.restart(tx, key, position, clock.instant()):
        raise UnknownWebhook
    _wake(tx)
    return await state_of(tx, await found(tx, key), clock)


async def change_key(tx: AsyncConnection, key: UUID, ring: KeyRing, keep: timedelta, clock: Clock) -> Delivery:
    """Another key; the former one signs too as long as it is kept. Raises UnknownWebhook."""
    sealed, public = new_key(ring, key)
    if not await webhooks.rotate(tx, key, sealed, public, clock.instant() + keep if keep else None):
        raise UnknownWebhook
    return await state_of(tx, await found(tx, key), clock)


async def _position(tx: AsyncConnection, after: str | None) -> int | None:
    if after is None:
        return None
    cursor = Cursor.parse(after)
    if cursor.epoch != await feed_pages.epoch(tx):
        raise UnknownCursor(pointer="/after")
    return cursor.position


def _wake(tx: AsyncConnection) -> None:
    wake_after(tx, CHANNEL)
