"""The Kafka client's consumer, kept honest: it is always left in order, and one that falls silent is given up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final, TypeAlias

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

POLL_MS: Final = 1000
# A broker answers each fetch within `fetch_max_wait_ms`; a client that has had no answer for this long, from a broker
# that may well be there, is given up for a new one. More than a session, so that a group may find itself again.
SILENCE_SECONDS: Final = 90.0
# To take leave of the broker.
STOP_SECONDS: Final = 30.0
Record: TypeAlias = "ConsumerRecord[Any, Any]"
Batches: TypeAlias = Mapping[TopicPartition, Sequence[Record]]


@asynccontextmanager
async def started(consumer: AIOKafkaConsumer) -> AsyncIterator[None]:
    """The consumer has joined inside; outside it has left, however far it came."""
    try:
        await consumer.start()
        yield
    finally:
        await _stop(consumer)


async def _stop(consumer: AIOKafkaConsumer) -> None:
    """Where a fetch has just failed, the library lets the end of its own task through, and leaves connections open."""
    async with asyncio.timeout(STOP_SECONDS):
        try:
            await consumer.stop()
        finally:
            await consumer._client.close()  # noqa: SLF001


class Polls:
    """What a started consumer brings, batch by batch. `silence`: seconds without an answer from any broker."""

    def __init__(self, consumer: AIOKafkaConsumer, *, batch: int, silence: float = SILENCE_SECONDS) -> None:
        self._consumer = consumer
        self._batch = batch
        self._silence = silence
        self._loop = asyncio.get_running_loop()
        self._answers, self._heard = self._answered(), self._loop.time()

    async def next(self) -> Batches:
        """The next records by partition; none after a second. Raises TimeoutError when the client has fallen silent."""
        async with asyncio.timeout(self._silence):
            polled: dict[TopicPartition, list[Record]] = await self._consumer.getmany(
                timeout_ms=POLL_MS, max_records=self._batch
            )
        before, self._answers = self._answers, self._answered()
        if polled or not self._answers or self._answers != before:
            self._heard = self._loop.time()
        elif self._loop.time() - self._heard > self._silence:
            raise TimeoutError
        return polled

    def _answered(self) -> set[tuple[TopicPartition, int | None]]:
        """The partitions read, and when the broker of each last answered, with records or without."""
        return {(one, self._consumer.last_poll_timestamp(one)) for one in self._consumer.assignment()}
