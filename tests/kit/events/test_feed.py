"""The feed over HTTP: pages, long poll, bounds; nothing is held while it waits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from kit.events.feed import Feed
from kit.events.sequencer import Sequencer
from tests.kit.events.carriers import FeedServer
from tests.kit.events.sample.thing import TOPIC, change
from tests.postgres import ComponentDatabase
from tests.waiting import eventually


@pytest.fixture
async def feed(source: ComponentDatabase) -> AsyncIterator[httpx.AsyncClient]:
    server, sequencer = FeedServer(source.worker), Sequencer(source.worker)
    await server.start()
    await sequencer.start()
    async with httpx.AsyncClient(base_url=server.url, timeout=40) as client:
        yield client
    await sequencer.stop()
    await server.stop()


async def read(feed: httpx.AsyncClient, **query: Any) -> dict[str, Any]:
    answer = await feed.get("/v1/events", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()  # type: ignore[no-any-return]  # JSON


async def full(feed: httpx.AsyncClient, number: int) -> dict[str, Any]:
    """A page of everything, once there is that much."""

    async def page() -> dict[str, Any] | None:
        found = await read(feed, limit=1000)
        return found if len(found["events"]) == number else None

    return await eventually(page, f"{number} events in the feed")


async def test_pages_follow_each_other_without_hole_or_overlap(
    feed: httpx.AsyncClient, source: ComponentDatabase
) -> None:
    await change(source.api, "thing", *range(23))
    whole = await full(feed, 23)
    assert whole["positions"] == list(range(1, 24))
    seen, after = [], None
    for _ in range(5):
        page = await read(feed, limit=5, **({"after": after} if after else {}))
        seen += page["events"]
        after = page["next"]
    assert seen == whole["events"]
    assert await read(feed, after=after) == {"events": [], "positions": [], "next": after, "head": 23}


async def test_a_reader_that_waits_is_woken(feed: httpx.AsyncClient, source: ComponentDatabase) -> None:
    start = await read(feed)
    waiting = asyncio.create_task(read(feed, after=start["next"], wait=30))
    await change(source.api, "thing", 1)
    page = await asyncio.wait_for(waiting, 5)
    assert [event["data"] for event in page["events"]] == [{"value": 1}]


async def test_a_reader_that_waits_holds_no_connection(feed: httpx.AsyncClient, source: ComponentDatabase) -> None:
    start = await read(feed)
    waiting = [asyncio.create_task(read(feed, after=start["next"], wait=30)) for _ in range(20)]
    busy = "SELECT count(*) FROM pg_stat_activity WHERE state <> 'idle' AND pid <> pg_backend_pid()"

    async def quiet() -> bool:
        return bool(await source.admin.fetchval(f"{busy} AND datname = current_database()") == 0)

    await eventually(quiet, "every connection to be idle while twenty readers wait on a pool of five")
    assert not any(task.done() for task in waiting)
    await change(source.api, "thing", 1)
    pages = await asyncio.wait_for(asyncio.gather(*waiting), 10)
    assert {len(page["events"]) for page in pages} == {1}


async def test_a_wait_ends_with_nothing(feed: httpx.AsyncClient) -> None:
    start = await read(feed)
    assert (await read(feed, after=start["next"], wait=0.2))["events"] == []


async def test_another_epoch_starts_again_from_zero(feed: httpx.AsyncClient, source: ComponentDatabase) -> None:
    await change(source.api, "thing", 1, 2)
    whole = await full(feed, 2)
    elsewhere = "00000000-0000-0000-0000-000000000001:2"
    assert await read(feed, after=elsewhere, wait=30) == whole


async def test_topics_are_filtered_and_the_reader_goes_on_all_the_same(
    feed: httpx.AsyncClient, source: ComponentDatabase
) -> None:
    await change(source.api, "thing", 1, 2)
    whole = await full(feed, 2)
    assert (await read(feed, topic=TOPIC))["events"] == whole["events"]
    other = await read(feed, topic="psc.source.other.v1")
    assert (other["events"], other["next"]) == ([], whole["next"])


@pytest.mark.parametrize(
    "query", ["wait=31", "wait=-1", "limit=0", "limit=1001", "after=x", "after=1:2", "topic=outbox"]
)
async def test_bounds_are_refused(feed: httpx.AsyncClient, query: str) -> None:
    assert (await feed.get(f"/v1/events?{query}")).status_code == 422


async def test_readers_survive_the_loss_of_the_listener(feed: httpx.AsyncClient, source: ComponentDatabase) -> None:
    start = await read(feed)
    waiting = asyncio.create_task(read(feed, after=start["next"], wait=30))
    listeners = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"

    async def listening() -> bool:
        return bool(await source.admin.fetch(listeners))

    await eventually(listening, "the feed to listen")
    await change(source.api, "thing", 1)
    page = await asyncio.wait_for(waiting, 10)
    assert len(page["events"]) == 1


async def test_readers_are_answered_when_the_feed_stops(source: ComponentDatabase) -> None:
    feed = Feed(source.worker)
    await feed.start()
    waiting = asyncio.create_task(feed.page((await feed.page(None)).next, wait=30))
    await feed.stop()
    assert (await asyncio.wait_for(waiting, 5)).events == ()
