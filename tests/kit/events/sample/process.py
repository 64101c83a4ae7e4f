"""A consumer of `sink` as a process, for tests that kill it: database URL, feed URL, then the Kafka broker if any."""

from __future__ import annotations

import asyncio
import random
import sys
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.db.database import Database
from kit.events.consumer import Subscription
from kit.events.envelope import Envelope
from kit.events.runtime import EventRuntime
from tests.kit.events.sample.thing import TOPIC, Changed, Handlers


async def main(database_url: str, feed_url: str, bootstrap: str = "") -> None:
    handlers = Handlers()

    async def slowly(tx: AsyncConnection, envelope: Envelope, data: dict[str, Any]) -> None:
        await handlers.changed(tx, envelope, data)
        await asyncio.sleep(random.uniform(0, 0.01))

    async def token() -> str:
        return "test"

    runtime = EventRuntime(
        "sink",
        Database(database_url),
        [Subscription("source", (TOPIC,), {Changed.type: slowly})],
        producers={"source": feed_url},
        token=token,
        transport="kafka" if bootstrap else "feed",
        kafka_bootstrap=bootstrap,
        instance="tests",
    )
    await runtime.start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
