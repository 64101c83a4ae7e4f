"""The topics that insurers read: each insurer's feed, in its order, published to `psc.partner.<insurer>.v1`.

One worker process does it, the holder of an advisory lock. Its place is written after the broker has acknowledged, so
an event may come twice, and its `id` says so. A topic that is not there is tried once a minute; others go on meanwhile.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaTimeoutError, TopicAuthorizationFailedError, UnknownTopicOrPartitionError

from gateway.adapters import partner_topics
from gateway.adapters.partner_events import CHANNEL
from gateway.adapters.partner_topics import Behind, Topics
from gateway.application.audit import agents_in
from gateway.domain.audit import TOPIC, delivery
from kit.events.login import Login
from kit.events.relay import TRY_SECONDS, new_producer, send

PAGE: Final = 500
LOOK_S: Final = 1.0
# How long an insurer whose topic could not be written to is left alone.
PAUSE_S: Final = 60.0
log = structlog.get_logger(__name__)


async def publish(state: Any, bootstrap: str, login: Login | None) -> None:
    """Until the database or the broker is lost, which it raises."""
    async with partner_topics.opened(state.worker_db) as topics:
        while True:
            if await topics.alone():
                break
            await asyncio.sleep(TRY_SECONDS)
        producer = new_producer(bootstrap, login)
        try:
            await producer.start()
            await _lead(state, topics, producer)
        finally:
            await producer.stop()


async def _lead(state: Any, topics: Topics, producer: AIOKafkaProducer) -> None:
    later: dict[str, float] = {}
    recorded: dict[tuple[str, UUID], int] = {}
    loop = asyncio.get_running_loop()
    while True:
        woken = state.partner_wakeup.next(CHANNEL)
        behind = await topics.behind()
        due = [one for one in behind if later.get(one.insurer, 0.0) <= loop.time()]
        for one in due:
            page = await topics.page(one, PAGE)
            # What could not be published is tried again, and is not on record again.
            known = recorded.get((one.insurer, one.epoch), 0)
            await _record(state, one, [row for row in page if row["position"] > known])
            recorded[one.insurer, one.epoch] = page[-1]["position"]
            try:
                await _send(topics, producer, one, page)
            except (KafkaTimeoutError, TopicAuthorizationFailedError, UnknownTopicOrPartitionError) as error:
                later[one.insurer] = loop.time() + PAUSE_S
                log.warning("partner_topic_unwritable", insurer=one.insurer, error=type(error).__name__)
        if not due:
            await state.partner_wakeup.wait(woken, LOOK_S)


async def _record(state: Any, one: Behind, rows: Sequence[Any]) -> None:
    """On record before it is published. Raises 503 `audit_unavailable`, and nothing is published."""
    agents = agents_in(row["body"] for row in rows if row["body"] is not None)
    if agents:
        way, positions = (TOPIC, rows[0]["topic"]), (rows[0]["position"], rows[-1]["position"])
        await state.audit.record(delivery(state.clock.instant(), one.insurer, way, positions, agents))


async def _send(topics: Topics, producer: AIOKafkaProducer, one: Behind, rows: Sequence[Any]) -> None:
    await send(producer, one.epoch, [row for row in rows if row["body"] is not None])
    await topics.move(one, rows[-1]["position"])
