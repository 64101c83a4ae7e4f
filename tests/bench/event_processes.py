"""The processes of the latency benchmark: `source DATABASE BOOTSTRAP`, `sink DATABASE BOOTSTRAP FEED`.

A source writes the URL of its feed, a sink `ready`, then `<value> <ns>` at each call of its handler.
`read BOOTSTRAP TOPIC` does no more than that: it takes records another engine sent to the broker, without a database.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import Any, Literal

import structlog
import uvloop
from aiokafka import AIOKafkaConsumer
from sqlalchemy.ext.asyncio import AsyncConnection

from kit import memory
from kit.db.database import Database
from kit.events.consumer import Subscription
from kit.events.envelope import Envelope
from kit.events.kafka_client import started
from kit.events.runtime import EventRuntime
from tests.kit.events.carriers import FeedServer, no_token
from tests.kit.events.sample.thing import TOPIC, Changed


async def note(_tx: AsyncConnection, _envelope: Envelope, data: dict[str, Any]) -> None:
    """The handler: says when it was called, and does nothing else."""
    sys.stdout.write(f"{data['value']} {time.time_ns()}\n")
    sys.stdout.flush()


async def main(side: str, *rest: str) -> None:
    await (read(*rest) if side == "read" else carry(side, *rest))


async def read(bootstrap: str, topic: str) -> None:
    consumer = AIOKafkaConsumer(
        topic,
        bootstrap_servers=bootstrap,
        group_id="bench.read",
        auto_offset_reset="earliest",
        session_timeout_ms=30_000,  # it is stopped while others have their turn
    )
    async with started(consumer):
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        async for record in consumer:
            sys.stdout.write(f"{json.loads(record.value)['data']['value']} {time.time_ns()}\n")
            sys.stdout.flush()


async def carry(side: str, database_url: str, bootstrap: str, feed_url: str = "") -> None:
    database = Database(database_url)
    transport: Literal["feed", "kafka"] = "kafka" if bootstrap else "feed"
    subscriptions = [Subscription("source", (TOPIC,), {Changed.type: note})] if side == "sink" else []
    runtime = EventRuntime(
        side,
        database,
        subscriptions,
        producers={"source": feed_url} if feed_url else {},
        token=no_token,
        transport=transport,
        kafka_bootstrap=bootstrap,
        instance="bench",
    )
    await runtime.start()
    if side == "source":
        server = FeedServer(database)
        await server.start()
        sys.stdout.write(f"{server.url}\n")
    else:
        sys.stdout.write("ready\n")
    sys.stdout.flush()
    memory.settle()  # as every component does once it is up
    await asyncio.Event().wait()


if __name__ == "__main__":
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    uvloop.run(main(*sys.argv[1:]))  # as uvicorn does
