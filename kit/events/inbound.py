"""Topics that others than our components write: no feed stands behind them, and no envelope is promised."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from aiokafka import AIOKafkaConsumer

from kit.events.broker_logs import calm
from kit.events.kafka_client import Polls, Record, started
from kit.events.login import Login, arguments

BATCH: Final = 100
# How soon a new topic of the pattern is seen.
METADATA_MS: Final = 10_000


async def follow(
    bootstrap: str, login: Login | None, *, group: str, pattern: str, take: Callable[[Record], Awaitable[None]]
) -> None:
    """Take each record of the topics that match, in the order of its partition, until the broker is lost.

    The broker is told after the effect of each batch, so a record may come twice. What `take` raises ends the
    following, and that record is the first one next time.
    """
    calm()
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap,
        group_id=group,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        max_poll_records=BATCH,
        metadata_max_age_ms=METADATA_MS,
        **arguments(login),
    )
    consumer.subscribe(pattern=pattern)
    async with started(consumer):
        polls = Polls(consumer, batch=BATCH)
        while True:
            for partition, records in (await polls.next()).items():
                for record in records:
                    await take(record)
                await consumer.commit({partition: records[-1].offset + 1})
