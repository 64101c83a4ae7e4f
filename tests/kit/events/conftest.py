"""A source and a sink on real databases, and the transports between them. Contract tests run over each transport."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.kit.events.carriers import Carrier, FeedCarrier, KafkaCarrier
from tests.kit.events.kafka import SessionBroker, transports
from tests.kit.events.sample.thing import Handlers
from tests.postgres import ComponentDatabase, DatabaseFactory

collect_ignore = [] if "kafka" in transports() else ["test_kafka.py"]


@pytest.fixture
async def source(database: DatabaseFactory) -> ComponentDatabase:
    """Publishes. Its epoch is new, so that what earlier tests left in a broker is of an earlier epoch."""
    made = await database("source")
    await made.admin.execute("UPDATE feed_meta SET epoch = gen_random_uuid(), origin = NULL")
    return made


@pytest.fixture
async def sink(database: DatabaseFactory) -> ComponentDatabase:
    return await database("sink")


@pytest.fixture
def handlers() -> Handlers:
    return Handlers()


@pytest.fixture(params=transports())
async def carrier(
    request: pytest.FixtureRequest, source: ComponentDatabase, sink: ComponentDatabase, handlers: Handlers
) -> AsyncIterator[Carrier]:
    """Source and sink joined by one of the transports; nothing runs until the test starts it."""
    made: Carrier
    if request.param == "kafka":
        broker: SessionBroker = request.getfixturevalue("broker")
        made = KafkaCarrier(source.worker, sink.worker, handlers.subscription(), await broker.bootstrap())
    else:
        made = FeedCarrier(source.worker, sink.worker, handlers.subscription())
    yield made
    await made.stop()


@pytest.fixture
async def over_kafka(
    broker: SessionBroker, source: ComponentDatabase, sink: ComponentDatabase, handlers: Handlers
) -> AsyncIterator[KafkaCarrier]:
    """The same over Kafka, for what only a broker can do."""
    made = KafkaCarrier(source.worker, sink.worker, handlers.subscription(), await broker.bootstrap(), batch=500)
    yield made
    await made.stop()
