"""A source and a sink on real databases, and the transports between them. Contract tests run over each transport."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.kit.events.carriers import Carrier, FeedCarrier
from tests.kit.events.sample.thing import Handlers
from tests.postgres import ComponentDatabase, DatabaseFactory


@pytest.fixture
async def source(database: DatabaseFactory) -> ComponentDatabase:
    return await database("source")


@pytest.fixture
async def sink(database: DatabaseFactory) -> ComponentDatabase:
    return await database("sink")


@pytest.fixture
def handlers() -> Handlers:
    return Handlers()


@pytest.fixture(params=["feed"])
async def carrier(
    request: pytest.FixtureRequest, source: ComponentDatabase, sink: ComponentDatabase, handlers: Handlers
) -> AsyncIterator[Carrier]:
    """Source and sink joined by one of the transports; nothing runs until the test starts it."""
    made = FeedCarrier(source.worker, sink.worker, handlers.subscription())
    yield made
    await made.stop()
