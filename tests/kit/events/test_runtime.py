"""One process of a component: what runs in which role, and what an operator may ask of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from kit.db.database import Database
from kit.events.consumer import Subscription
from kit.events.runtime import EventRuntime
from tests.kit.events.carriers import FeedServer, no_token
from tests.kit.events.observing import converged, handled
from tests.kit.events.sample.thing import TOPIC, Handlers, change
from tests.postgres import ComponentDatabase
from tests.waiting import eventually


@asynccontextmanager
async def running(
    component: str,
    database: Database,
    subscriptions: tuple[Subscription, ...] = (),
    *,
    feed: str = "",
    works: bool = True,
) -> AsyncIterator[EventRuntime]:
    producers = {"source": feed} if feed else {}
    made = EventRuntime(component, database, subscriptions, producers=producers, token=no_token, works=works)
    await made.start()
    try:
        yield made
    finally:
        await made.stop()


@pytest.fixture
async def feed_url(source: ComponentDatabase) -> AsyncIterator[str]:
    server = FeedServer(source.worker)
    await server.start()
    yield server.url
    await server.stop()


async def test_a_worker_parks_and_replays_on_demand(
    source: ComponentDatabase, sink: ComponentDatabase, handlers: Handlers, feed_url: str
) -> None:
    handlers.poison.add(2)
    async with (
        running("source", source.worker),
        running("sink", sink.worker, (handlers.subscription(),), feed=feed_url) as consumer,
    ):
        await change(source.api, "a", 1, 2, 3)
        await change(source.api, "b", 1)
        await handled(sink.worker, "b", [1])

        async def both() -> bool:
            return [(p.consumer, p.version) for p in await consumer.parked()] == [
                ("sink.source", 2),
                ("sink.source", 3),
            ]

        await eventually(both, "two parked events")
        handlers.poison.clear()
        assert await consumer.replay("sink.source", TOPIC, "a") == 2
        with pytest.raises(KeyError):
            await consumer.replay("sink.nobody", TOPIC, "a")
        await converged(source.worker, sink.worker)
        assert await consumer.rebuild() == ["applied", "state"]
        await converged(source.worker, sink.worker, seconds=1)


async def test_an_api_process_answers_the_feed_and_moves_nothing(source: ComponentDatabase) -> None:
    async with running("source", source.worker, works=False) as api:
        await change(source.api, "a", 1)
        assert (await api.feed.page(None, wait=1.5)).events == ()
        async with running("source", source.worker):
            start = (await api.feed.page(None)).next
            assert len((await api.feed.page(replace(start, position=0), wait=10)).events) == 1


async def test_two_subscriptions_to_one_producer_need_names(sink: ComponentDatabase, handlers: Handlers) -> None:
    twice = (handlers.subscription(), handlers.subscription())
    with pytest.raises(AssertionError, match="need names"):
        EventRuntime("sink", sink.worker, twice, producers={"source": "http://127.0.0.1:9"}, token=no_token)


async def test_a_producer_without_address_is_refused_at_once(sink: ComponentDatabase, handlers: Handlers) -> None:
    with pytest.raises(AssertionError, match="no address"):
        EventRuntime("sink", sink.worker, (handlers.subscription(),), producers={}, token=no_token)
