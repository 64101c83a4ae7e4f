"""The production transport: a relay publishes the outbox to Kafka, consumers are groups.

Offsets are committed after the transaction of the effect, so a crash brings events again and the inbox recognises them.
What Kafka cannot tell comes from the producer's feed: everything, for a consumer that is new, since topics keep events
for a bounded time; and the new history, when the producer was restored.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Final
from uuid import UUID

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError
from pydantic import ValidationError

from kit.db.database import Database
from kit.events import metrics, place
from kit.events.applying import Batch
from kit.events.broker_logs import calm
from kit.events.delivery import Delivery
from kit.events.envelope import Envelope
from kit.events.kafka_client import SILENCE_SECONDS, Polls, Record, started
from kit.events.login import Login, arguments
from kit.events.place import NOWHERE
from kit.events.relay import EPOCH_HEADER, Relay
from kit.events.reset import begin_again_if_revised
from kit.events.transport_feed import FeedReader, follow

BATCH_LIMIT: Final = 500
SESSION_MS: Final = 30_000
# The client looks for a broker that is away this often, with several requests each time.
RETRY_MS: Final = 500

# How often the broker is told how far a busy consumer is.
COMMIT_SECONDS: Final = 0.5

log = structlog.get_logger(__name__)


class KafkaTransport:
    """`instance` tells apart the processes of one component and stays the same over restarts (static membership)."""

    def __init__(
        self,
        database: Database,
        bootstrap: str,
        reader: FeedReader,
        *,
        instance: str,
        batch: int = BATCH_LIMIT,
        login: Login | None = None,
        silence: float = SILENCE_SECONDS,
    ) -> None:
        calm()
        self._relay = Relay(database, bootstrap, login=login)
        self._login = login
        self._bootstrap = bootstrap
        self._reader = reader
        self._instance = instance
        self._batch = batch
        self._silence = silence

    async def relay(self) -> None:
        """Publish the outbox until the broker or the database is lost."""
        await self._relay.run()

    async def consume(self, delivery: Delivery) -> None:
        """Apply the records of the subscription's topics until the broker or the database is lost, which it raises."""
        await begin_again_if_revised(delivery)
        await catch_up(self._reader, delivery)
        consumer = AIOKafkaConsumer(
            *delivery.subscription.topics,
            bootstrap_servers=self._bootstrap,
            group_id=f"relais.{delivery.consumer}",
            group_instance_id=f"{delivery.consumer}.{self._instance}",
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            max_poll_records=self._batch,
            session_timeout_ms=SESSION_MS,
            heartbeat_interval_ms=SESSION_MS // 10,
            fetch_max_wait_ms=500,
            retry_backoff_ms=RETRY_MS,
            **arguments(self._login),
        )
        async with started(consumer):
            await self._follow(consumer, delivery)

    async def _follow(self, consumer: AIOKafkaConsumer, delivery: Delivery) -> None:
        loop = asyncio.get_running_loop()
        epoch, told = NOWHERE, loop.time()
        reached: dict[TopicPartition, int] = {}
        telling = asyncio.create_task(asyncio.sleep(0))  # the next records do not wait until the broker has answered
        polls = Polls(consumer, batch=self._batch, silence=self._silence)
        try:
            while True:
                polled = await polls.next()
                epoch = await self._apply(delivery, epoch, [record for rows in polled.values() for record in rows])
                reached.update({partition: rows[-1].offset + 1 for partition, rows in polled.items()})
                if reached and telling.done() and (not polled or loop.time() - told > COMMIT_SECONDS):
                    await telling
                    telling = asyncio.create_task(_commit(consumer, delivery, reached))
                    reached, told = {}, loop.time()
        finally:
            telling.cancel()
            await asyncio.gather(telling, return_exceptions=True)

    async def _apply(self, delivery: Delivery, epoch: UUID, records: Sequence[Record]) -> UUID:
        """Apply records, after what the feed alone knows if that has changed; gives the producer's epoch."""
        if any(epoch_of(record) not in {None, epoch} for record in records):
            epoch = await catch_up(self._reader, delivery)
        while True:
            # What an earlier epoch alone holds, its producer has lost; the rest of it was read from the feed.
            envelopes = _readable([record for record in records if epoch_of(record) == epoch])
            settled = partial(place.is_settled_in, delivery=delivery, epoch=epoch)
            if await delivery.deliver(Batch(epoch, envelopes), settled) is not None:
                return epoch
            epoch = await catch_up(self._reader, delivery)


async def _commit(consumer: AIOKafkaConsumer, delivery: Delivery, reached: dict[TopicPartition, int]) -> None:
    """Tell the broker how far the consumer is. It may be told late: what comes again is recognised."""
    try:
        await consumer.commit(reached)
    except (CommitFailedError, IllegalStateError):
        log.info("partitions_moved", consumer=delivery.consumer)
    behind = ((consumer.highwater(partition) or 0) - offset for partition, offset in reached.items())
    metrics.LAG.labels(delivery.consumer).set(sum(max(number, 0) for number in behind))


async def catch_up(reader: FeedReader, delivery: Delivery) -> UUID:
    """Read the producer's feed to its end, if the consumer is new, rebuilt, or the producer has another epoch; gives
    the epoch.
    """
    here = await place.load(delivery)
    if here.is_settled:
        page = await reader.read(delivery.subscription.producer, here.cursor, delivery.subscription.topics, limit=1)
        if page.next.epoch == here.cursor.epoch:
            return page.next.epoch
    while True:
        if await follow(reader, delivery):
            return (await place.load(delivery)).cursor.epoch


def epoch_of(record: Record) -> UUID | None:
    """The epoch a record was published in; None for what is not ours."""
    for name, value in record.headers:
        if name == EPOCH_HEADER:
            return UUID(value.decode())
    return None


def _readable(records: Sequence[Record]) -> list[Envelope]:
    """The events among the records; announcements of an epoch have no body."""
    found = []
    for record in records:
        if not record.value:
            continue
        try:
            found.append(Envelope.read(record.value))
        except ValidationError as error:
            fields = [".".join(map(str, e["loc"])) for e in error.errors()]
            log.error("event_unreadable", topic=record.topic, offset=record.offset, fields=fields)  # noqa: TRY400 - no message, it holds values
    return found
