"""The topics that insurers read: each insurer's feed, in its order, published to `psc.partner.<insurer>.v1`.

One worker process does it, the holder of an advisory lock. Its place is written after the broker has acknowledged, so
an event may come twice, and its `id` says so. A topic that is not there is tried once a minute; others go on meanwhile.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

import asyncpg
import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaTimeoutError, TopicAuthorizationFailedError, UnknownTopicOrPartitionError

from gateway.adapters.partner_events import CHANNEL
from kit.events.login import Login
from kit.events.relay import TRY_SECONDS, new_producer, send

PAGE: Final = 500
LOOK_S: Final = 1.0
# How long an insurer whose topic could not be written to is left alone.
PAUSE_S: Final = 60.0
_LOCK: Final = 7_305_021
_CURSOR: Final = "partner:"
# The insurers by the first row of each, and not by reading all of them; a place of another epoch is none.
_BEHIND: Final = """
    WITH RECURSIVE told AS (
        SELECT min(insurer) AS insurer FROM partner_event
        UNION ALL
        SELECT (SELECT min(next.insurer) FROM partner_event AS next WHERE next.insurer > told.insurer)
          FROM told WHERE told.insurer IS NOT NULL),
    places AS (
        SELECT told.insurer, feed.epoch, CASE WHEN held.epoch = feed.epoch THEN held.position ELSE 0 END AS position
          FROM told CROSS JOIN feed_meta AS feed LEFT JOIN relay_cursor AS held ON held.relay = $1 || told.insurer
         WHERE told.insurer IS NOT NULL)
    SELECT insurer, epoch, position FROM places
     WHERE EXISTS (SELECT FROM partner_event AS p WHERE p.insurer = places.insurer AND p.position > places.position)
"""
# Of what was forgotten the position stays, and nothing to send.
_PAGE: Final = """
    SELECT position, 'psc.partner.' || insurer || '.v1' AS topic, key, CAST(envelope AS text) AS body, $4::uuid AS epoch
      FROM partner_event WHERE insurer = $1 AND position > $2 ORDER BY position LIMIT $3
"""
_MOVE: Final = """
    INSERT INTO relay_cursor AS held (relay, epoch, position, updated_at) VALUES ($1, $2, $3, now())
    ON CONFLICT (relay) DO UPDATE SET epoch = excluded.epoch, position = excluded.position, updated_at = now()
"""
log = structlog.get_logger(__name__)


async def publish(state: Any, bootstrap: str, login: Login | None) -> None:
    """Until the database or the broker is lost, which it raises."""
    async with state.worker_db.dedicated() as connection:
        while True:
            if await connection.fetchval("SELECT pg_try_advisory_lock($1)", _LOCK):
                break
            await asyncio.sleep(TRY_SECONDS)
        producer = new_producer(bootstrap, login)
        try:
            await producer.start()
            await _lead(state, connection, producer)
        finally:
            await producer.stop()


async def _lead(state: Any, connection: asyncpg.Connection[Any], producer: AIOKafkaProducer) -> None:
    later: dict[str, float] = {}
    loop = asyncio.get_running_loop()
    while True:
        woken = state.partner_wakeup.next(CHANNEL)
        behind = await connection.fetch(_BEHIND, _CURSOR)
        due = [one for one in behind if later.get(one["insurer"], 0.0) <= loop.time()]
        for one in due:
            try:
                await _send_page(connection, producer, one)
            except (KafkaTimeoutError, TopicAuthorizationFailedError, UnknownTopicOrPartitionError) as error:
                later[one["insurer"]] = loop.time() + PAUSE_S
                log.warning("partner_topic_unwritable", insurer=one["insurer"], error=type(error).__name__)
        if not due:
            await state.partner_wakeup.wait(woken, LOOK_S)


async def _send_page(connection: asyncpg.Connection[Any], producer: AIOKafkaProducer, one: asyncpg.Record) -> None:
    rows = await connection.fetch(_PAGE, one["insurer"], one["position"], PAGE, one["epoch"])
    await send(producer, one["epoch"], [row for row in rows if row["body"] is not None])
    await connection.execute(_MOVE, _CURSOR + one["insurer"], one["epoch"], rows[-1]["position"])
