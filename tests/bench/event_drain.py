"""Outbox to broker: positions and publication in batches, against one event at a time."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final

import asyncpg
from aiokafka import AIOKafkaProducer

from kit.db.database import Database, Scope
from kit.events.outbox import Outgoing, publish_many
from kit.events.relay import BATCH_LIMIT, send
from kit.events.sequencer import Positions
from tests.kit.events.sample.thing import Changed
from tests.postgres import SessionPostgres

BATCHED: Final = 10_000
SINGLE: Final = 300
KEYS: Final = 500
Connection = Any
_PLACE: Final = "SELECT epoch, last_position FROM feed_meta"
_PAGE: Final = """
    SELECT position, topic, key, CAST(envelope AS text) AS body, NULL FROM outbox
     WHERE position > $1 ORDER BY position LIMIT $2
"""
_MOVE: Final = """
    INSERT INTO relay_cursor (relay, epoch, position, updated_at) VALUES ('bench', $1, $2, now())
    ON CONFLICT (relay) DO UPDATE SET position = excluded.position, updated_at = excluded.updated_at
"""


async def drain_rates(postgres: SessionPostgres, bootstrap: str, rounds: int) -> dict[str, list[float]]:
    """Events a second of each way, one figure a round."""
    source = await postgres.component("source")
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap, acks="all", enable_idempotence=True, max_batch_size=131_072
    )
    await producer.start()
    rates: dict[str, list[float]] = {}
    try:
        async with source.worker.dedicated() as connection:
            positions = await Positions.above_all_reserved(connection)
            drain = partial(_drain, connection, positions, producer)
            for _ in range(rounds + 1):  # the first warms up
                ways: dict[str, tuple[int, Callable[[], Awaitable[None]]]] = {
                    "sequencer, in batches": (BATCHED, lambda: _sequence_all(positions)),
                    "sequencer and relay, in batches": (BATCHED, lambda: drain(BATCH_LIMIT)),
                    "sequencer and relay, one by one": (SINGLE, lambda: drain(1)),
                }
                for name, (number, way) in ways.items():
                    await _fill(source.api, number)
                    start = time.perf_counter()
                    await way()
                    rates.setdefault(name, []).append(number / (time.perf_counter() - start))
                    await connection.execute("SELECT count(*) FROM outbox")
    finally:
        await producer.stop()
    return {name: values[1:] for name, values in rates.items()}


async def _fill(database: Database, number: int) -> None:
    """Committed events without a position."""
    async with database.transaction(Scope.all()) as tx:
        await publish_many(tx, [Outgoing(Changed(value=n), key=f"thing-{n % KEYS}") for n in range(number)])


async def _sequence_all(positions: Positions) -> None:
    while await positions.give():
        pass


async def _drain(
    connection: asyncpg.Connection[Any], positions: Positions, producer: AIOKafkaProducer, batch: int
) -> None:
    """Give positions and publish, `batch` events at a time, as the sequencer and the relay do."""
    epoch, position = await connection.fetchrow(_PLACE)
    while await positions.give(batch):
        while rows := await connection.fetch(_PAGE, position, batch):
            await send(producer, epoch, rows)
            position = rows[-1]["position"]
            await connection.execute(_MOVE, epoch, position)
