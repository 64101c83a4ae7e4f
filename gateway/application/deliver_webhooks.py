"""Posting what is new to every webhook, each by one process at a time, all at once within a bound."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gateway.adapters import feed_pages, webhooks
from gateway.adapters.partner_events import CHANNEL
from gateway.adapters.webhook_sender import Sender
from gateway.adapters.webhooks import Claimed
from gateway.application.audit import AuditWriter, agents_in
from gateway.application.webhook_keys import open_key, signed
from gateway.domain.audit import WEBHOOK, delivery
from gateway.domain.webhooks import Webhook, next_attempt
from kit.clock import Clock
from kit.crypto import KeyRing
from kit.db.database import Database, Scope
from kit.events.supervise import describe, supervise
from kit.events.wakeup import Wakeup

AT_ONCE: Final = 32
PAGE: Final = 50
LOOK_S: Final = 1.0
# Longer than one message may take (webhook_sender.TIMEOUT_S); renewed when half of it has gone.
LEASE: Final = timedelta(seconds=60)
JITTER: Final = 0.1
log = structlog.get_logger(__name__)
Event = tuple[int, str]


class Head(msgspec.Struct, frozen=True):
    """What of an event decides whether it is posted, and as what; the rest of its JSON is passed over."""

    id: str
    type: str


_HEADS: Final = msgspec.json.Decoder(Head)


class Dispatcher:
    """Follows the feeds for webhooks. What was posted and not yet noted when a process dies is posted again.

    `marks` are headers that each message bears besides its own.
    """

    def __init__(
        self,
        database: Database,
        sender: Sender,
        ring: KeyRing,
        clock: Clock,
        wakeup: Wakeup,
        *,
        audit: AuditWriter,
        marks: Mapping[str, str] | None = None,
    ) -> None:
        self._marks, self._audit = dict(marks or {}), audit
        self._database, self._sender, self._ring, self._clock, self._wakeup = database, sender, ring, clock, wakeup
        self._running: set[asyncio.Task[None]] = set()
        self._freed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.create_task(supervise("webhooks", self._follow), name="webhooks")

    async def stop(self) -> None:
        tasks = [*self._running, *([self._task] if self._task is not None else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _follow(self) -> None:
        while True:
            woken, self._freed = self._wakeup.next(CHANNEL), asyncio.Event()
            room = AT_ONCE - len(self._running)
            found = await self._claim(room) if room else []
            for claimed in found:
                task = asyncio.create_task(self._serve(claimed), name=f"webhook {claimed.webhook.id}")
                self._running.add(task)
                task.add_done_callback(self._ended)
            if not found:
                await _either(woken, self._freed)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._freed.set()

    async def _claim(self, room: int) -> list[Claimed]:
        now = self._clock.instant()
        async with self._database.transaction(Scope.all()) as tx:
            return await webhooks.claim(tx, now, now + LEASE, room)

    async def _serve(self, claimed: Claimed) -> None:
        """Post what it lacks, until there is nothing more, it fails, or somebody else has it."""
        try:
            mine: Claimed | None = claimed
            while mine is not None:
                mine = await self._serve_page(mine)
        except asyncio.CancelledError:
            raise
        except Exception as error:  # noqa: BLE001 - one webhook's fault is not the others'
            log.warning("webhook_failed", webhook=str(claimed.webhook.id), error=describe(error))

    async def _serve_page(self, claimed: Claimed) -> Claimed | None:
        """The next page of its feed; the webhook as it goes on, or None when this process leaves it."""
        events = [(reached, _HEADS.decode(text), text) for reached, text in await self._page(claimed)]
        if not events:
            await self._save(claimed, leased_until=self._clock.instant())
            return None
        one = claimed.webhook
        position, delivered = one.position, one.delivered_at
        keys = self._keys(claimed)
        wanted = [text for _, head, text in events if one.wants(head.type)]
        await self._record(one, (events[0][0], events[-1][0]), wanted)
        for reached, event, text in events:
            if claimed.leased_until - self._clock.instant() < LEASE / 2:
                break
            if one.wants(event.type):
                body = text.encode()
                headers = signed(keys, event.id, self._clock.instant(), body) | self._marks
                error = await self._sender.send(one.url, body, headers)
                if error is not None:
                    await self._failed(claimed, position, error)
                    return None
                delivered = self._clock.instant()
            position = reached
        until = self._clock.instant() + LEASE
        values = {"position": position, "failures": 0, "last_error": None, "delivered_at": delivered}
        if not await self._save(claimed, **values, attempted_at=delivered, leased_until=until):
            return None
        return replace(claimed, webhook=replace(one, position=position, delivered_at=delivered), leased_until=until)

    async def _page(self, claimed: Claimed) -> Sequence[Event]:
        """Whose events they are is asked again each time: a delegation may have ended since."""
        async with self._database.transaction(Scope.all()) as tx:
            whose = await webhooks.followed(tx, claimed.webhook.client, self._clock.day())
            # What failed is tried alone, so that nobody is on record as told who waits behind it.
            return await feed_pages.of(tx, whose, claimed.webhook.position, 1 if claimed.webhook.failures else PAGE)

    async def _record(self, one: Webhook, positions: tuple[int, int], wanted: Sequence[str]) -> None:
        """On record before it is posted. Raises 503 `audit_unavailable`, and nothing is posted."""
        agents = agents_in(wanted)
        if agents:
            way = (WEBHOOK, f"/v1/webhooks/{one.id}")
            await self._audit.record(delivery(self._clock.instant(), one.client, way, positions, agents))

    def _keys(self, claimed: Claimed) -> list[Ed25519PrivateKey]:
        sealed = [key for key in (claimed.keys.sealed, claimed.keys.previous) if key is not None]
        return [open_key(self._ring, key, claimed.webhook.id) for key in sealed]

    async def _failed(self, claimed: Claimed, position: int, error: str) -> None:
        """Note how far it came, and when it is tried again. One that came further starts its pauses anew."""
        now = self._clock.instant()
        failures = 1 if position != claimed.webhook.position else claimed.webhook.failures + 1
        pause = next_attempt(failures, error)
        values: dict[str, Any] = {"position": position, "failures": failures, "last_error": error, "attempted_at": now}
        if pause is None:
            values["disabled_at"] = now
            log.warning("webhook_disabled", webhook=str(claimed.webhook.id), client=claimed.webhook.client, error=error)
        else:
            values["next_at"] = _jittered(now, pause)
        await self._save(claimed, **values, leased_until=now)

    async def _save(self, claimed: Claimed, **values: Any) -> bool:
        async with self._database.transaction(Scope.all()) as tx:
            return await webhooks.save(tx, claimed, values)


def _jittered(now: datetime, pause: timedelta) -> datetime:
    """A little later, so that those that failed together do not come back together."""
    return now + pause * (1 + random.uniform(0, JITTER))  # noqa: S311 - jitter, not a secret


async def _either(*events: asyncio.Event) -> None:
    """Until one is set, and a second at most."""
    tasks = [asyncio.ensure_future(event.wait()) for event in events]
    await asyncio.wait(tasks, timeout=LOOK_S, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
