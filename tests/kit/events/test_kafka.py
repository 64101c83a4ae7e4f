"""What only a broker can do: be away for a while. Runs where a broker can (see kafka.py)."""

from __future__ import annotations

import asyncio
import time
from typing import NamedTuple

import pytest

from tests.kit.events.carriers import KafkaCarrier
from tests.kit.events.kafka import SessionBroker
from tests.kit.events.observing import converged
from tests.kit.events.sample.thing import change, published
from tests.postgres import ComponentDatabase

DRAIN_SECONDS = 30.0
KEYS = 20
RATE = 50  # events a second
WEANING_LIMIT = 200
# The task of the client library that asks the broker for records.
FETCHING = "_fetch_requests_routine"


class Outage(NamedTuple):
    """What happens to the broker, and for how long it is away."""

    how: str
    seconds: float


class Load:
    """Writes at a steady rate until told to stop."""

    def __init__(self, source: ComponentDatabase) -> None:
        self.written = 0
        self._source = source
        self._task = asyncio.create_task(self._write())

    async def _write(self) -> None:
        loop = asyncio.get_running_loop()
        start = loop.time()
        while True:
            await change(self._source.api, f"thing-{self.written % KEYS}", self.written)
            self.written += 1
            await asyncio.sleep(max(0.0, start + self.written / RATE - loop.time()))

    async def stop(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


async def read_from_the_broker_alone(
    carrier: KafkaCarrier, source: ComponentDatabase, sink: ComponentDatabase
) -> list[int]:
    """Starts both ends, and writes until something arrives that the feed was not asked for: no earlier is the consumer
    known to read from the broker. Gives what it wrote.
    """
    await carrier.start_source()
    await carrier.start_sink()
    for number in range(1, WEANING_LIMIT):
        asked = carrier.server.asked
        await change(source.api, "thing", 0)
        await converged(source.worker, sink.worker)
        if carrier.server.asked == asked:
            return [0] * number
    pytest.fail("the consumer still reads the feed")


async def for_a_while(seconds: float) -> None:
    await asyncio.sleep(seconds)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("outage", [Outage("stop", 60.0), Outage("kill", 6.0)], ids=lambda outage: outage.how)
async def test_writes_go_on_while_the_broker_is_away_and_nothing_is_lost(
    over_kafka: KafkaCarrier,
    broker: SessionBroker,
    source: ComponentDatabase,
    sink: ComponentDatabase,
    outage: Outage,
) -> None:
    await over_kafka.start_source()
    await over_kafka.start_sink()
    await change(source.api, "first", 1)
    await converged(source.worker, sink.worker)
    load = Load(source)
    try:
        await for_a_while(1)
        await asyncio.to_thread(getattr(broker.broker, outage.how))
        before = load.written
        await for_a_while(outage.seconds)
        during = load.written - before
        await asyncio.to_thread(broker.broker.start)
        back = time.monotonic()
    finally:
        await load.stop()
    assert during > RATE * outage.seconds / 2, "writers do not wait for the broker"
    await converged(source.worker, sink.worker, seconds=DRAIN_SECONDS)
    drained = time.monotonic() - back
    assert drained <= DRAIN_SECONDS
    assert sum(map(len, (await published(source.worker)).values())) >= load.written


async def test_records_travel_through_the_broker(
    over_kafka: KafkaCarrier, source: ComponentDatabase, sink: ComponentDatabase
) -> None:
    """Once a consumer has caught up, it needs the feed no more."""
    written = await read_from_the_broker_alone(over_kafka, source, sink)
    await over_kafka.stop_feed()
    await change(source.api, "thing", 3, 4)
    assert await converged(source.worker, sink.worker) == {"thing": [*written, 3, 4]}


async def test_a_client_that_has_stopped_asking_the_broker_is_replaced(
    over_kafka: KafkaCarrier, source: ComponentDatabase, sink: ComponentDatabase
) -> None:
    """The library's fetching may end and say nothing; what follows is an empty answer for ever."""
    over_kafka.silence = 3.0
    written = await read_from_the_broker_alone(over_kafka, source, sink)
    fetching = [task for task in asyncio.all_tasks() if FETCHING in repr(task.get_coro())]
    assert len(fetching) == 1
    fetching[0].cancel()
    await asyncio.gather(*fetching, return_exceptions=True)
    await for_a_while(1)  # the request under way is still answered
    await change(source.api, "thing", 3)
    assert await converged(source.worker, sink.worker) == {"thing": [*written, 3]}
