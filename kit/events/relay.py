"""Publishes the outbox to Kafka, one relay per service at a time, in the order of positions.

The relay's place is written after the broker has acknowledged: a crash in between sends events again, which consumers
recognise. Idempotent sending keeps the order within a partition across the producer's own retries.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import asyncpg
import structlog
from aiokafka import AIOKafkaProducer

from kit.db.database import Database
from kit.events import metrics
from kit.events.feed import SEQUENCED_CHANNEL
from kit.events.login import Login, arguments

RELAY: Final = "kafka"
BATCH_LIMIT: Final = 2000
TRY_SECONDS: Final = 0.5
LOOK_SECONDS: Final = 1.0
# Headers of ours beside `ce_*`: where the event is in its producer's feed.
EPOCH_HEADER: Final = "relais_epoch"
POSITION_HEADER: Final = "relais_position"
_LOCK: Final = 7_305_012
# What the body says only there, or what all events share.
_NOT_HEADERS: Final = frozenset({"data", "datacontenttype"})

_BEGIN: Final = """
    INSERT INTO relay_cursor (relay, epoch, position, updated_at) VALUES ($1, $2, 0, now()) ON CONFLICT DO NOTHING
"""
_PLACE: Final = "SELECT r.epoch, r.position, f.epoch AS current FROM relay_cursor r, feed_meta f WHERE relay = $1"
_PAGE: Final = """
    SELECT position, topic, key, CAST(envelope AS text) AS body, (SELECT epoch FROM feed_meta) AS epoch FROM outbox
     WHERE position > $1 ORDER BY position LIMIT $2
"""
_MOVE: Final = "UPDATE relay_cursor SET epoch = $2, position = $3, updated_at = now() WHERE relay = $1"
# A place lost in a crash of the server means events sent again: no commit of the relay waits for the disk.
_LAZILY: Final = "SET synchronous_commit = off"
_TOPICS: Final = "SELECT DISTINCT topic FROM aggregate_version"

log = structlog.get_logger(__name__)


class Relay:
    """Runs in every worker process; the one that holds the advisory lock works."""

    def __init__(
        self, database: Database, bootstrap: str, *, batch: int = BATCH_LIMIT, login: Login | None = None
    ) -> None:
        self._database = database
        self._login = login
        self._bootstrap = bootstrap
        self._batch = batch

    async def run(self) -> None:
        """Until the database or the broker is lost, which it raises."""
        async with self._database.dedicated() as connection:
            await connection.execute(_LAZILY)
            while True:
                if await connection.fetchval("SELECT pg_try_advisory_lock($1)", _LOCK):
                    break
                await asyncio.sleep(TRY_SECONDS)
            producer = new_producer(self._bootstrap, self._login)
            try:
                await producer.start()
                await self._lead(connection, producer)
            finally:
                await producer.stop()

    async def _lead(self, connection: asyncpg.Connection[Any], producer: AIOKafkaProducer) -> None:
        sequenced = asyncio.Event()
        connection.add_termination_listener(lambda _: sequenced.set())
        await connection.add_listener(SEQUENCED_CHANNEL, lambda *_: sequenced.set())
        epoch, position = await self._place(connection, producer)
        while True:
            sequenced.clear()
            while rows := await connection.fetch(_PAGE, position, self._batch):
                if rows[0]["epoch"] != epoch:
                    epoch, position = await self._place(connection, producer)
                    continue
                await send(producer, epoch, rows)
                position = rows[-1]["position"]
                await connection.execute(_MOVE, RELAY, epoch, position)
                metrics.RELAYED.inc(len(rows))
            try:
                async with asyncio.timeout(LOOK_SECONDS):
                    await sequenced.wait()
            except TimeoutError:
                epoch, position = await self._place(connection, producer)

    async def _place(self, connection: asyncpg.Connection[Any], producer: AIOKafkaProducer) -> tuple[UUID, int]:
        """Where to go on; a new epoch is announced in every partition of every topic first."""
        await connection.execute(_BEGIN, RELAY, UUID(int=0))
        epoch, position, current = await connection.fetchrow(_PLACE, RELAY)
        if epoch != current:
            topics = [row["topic"] for row in await connection.fetch(_TOPICS)]
            await announce(producer, current, topics)
            await connection.execute(_MOVE, RELAY, current, position)
        return current, position


def new_producer(bootstrap: str, login: Login | None) -> AIOKafkaProducer:
    """One that loses nothing and keeps the order within a partition."""
    return AIOKafkaProducer(
        bootstrap_servers=bootstrap,
        acks="all",
        enable_idempotence=True,
        max_batch_size=131_072,
        request_timeout_ms=10_000,
        retry_backoff_ms=50,
        **arguments(login),
    )


async def send(producer: AIOKafkaProducer, epoch: UUID, rows: Sequence[asyncpg.Record]) -> None:
    """Send these rows of the outbox and wait until the broker has them all."""
    mark = (EPOCH_HEADER, str(epoch).encode())
    waiting = []
    for position, topic, key, body, _ in rows:
        headers = [mark, (POSITION_HEADER, str(position).encode()), *_headers(body)]
        waiting.append(await producer.send(topic, body.encode(), key=key.encode(), headers=headers))
    for acknowledged in waiting:
        await acknowledged


async def announce(producer: AIOKafkaProducer, epoch: UUID, topics: Sequence[str]) -> None:
    """An empty record per partition, whose header tells consumers of the epoch even when nothing new is written."""
    headers = [(EPOCH_HEADER, str(epoch).encode())]
    for topic in topics:
        for partition in await producer.partitions_for(topic):
            await producer.send_and_wait(topic, b"", partition=partition, headers=headers)
    log.info("feed_epoch_announced", topics=len(topics))


def _headers(body: str) -> list[tuple[str, bytes]]:
    attributes = json.loads(body)
    return [(f"ce_{name}", str(value).encode()) for name, value in attributes.items() if name not in _NOT_HEADERS]
