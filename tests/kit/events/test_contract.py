"""What every transport must hold: nothing lost, nothing twice, one order per key."""

from __future__ import annotations

import asyncio
import random

from kit.db.database import Database, Scope
from kit.events.outbox import publish
from tests.kit.events.carriers import Carrier
from tests.kit.events.observing import converged, handled
from tests.kit.events.sample.thing import Changed, ChangedOtherwise, Handlers, Renamed, applied, change
from tests.postgres import ComponentDatabase

WRITERS = 50
TURNS = 6
HOT_KEYS = ("hot-1", "hot-2", "hot-3")


async def test_events_arrive_once_and_in_the_order_of_their_key(
    carrier: Carrier, source: ComponentDatabase, sink: ComponentDatabase
) -> None:
    await carrier.start_source()
    await carrier.start_sink()
    await asyncio.gather(*(change(source.api, f"thing-{n}", *range(n, n + 20)) for n in range(5)))
    assert len(await converged(source.worker, sink.worker)) == 5


async def test_what_was_published_before_the_consumer_existed_arrives(
    carrier: Carrier, source: ComponentDatabase, sink: ComponentDatabase
) -> None:
    await change(source.api, "old", *range(120))
    await carrier.start_source()
    await carrier.start_sink()
    assert await converged(source.worker, sink.worker) == {"old": [*range(120)]}


async def test_a_second_delivery_of_everything_changes_nothing(
    carrier: Carrier, source: ComponentDatabase, sink: ComponentDatabase
) -> None:
    await carrier.start_source()
    await carrier.start_sink()
    await change(source.api, "one", 1, 2, 3)
    await change(source.api, "two", 1, 2)
    await converged(source.worker, sink.worker)
    await carrier.deliver_again()
    await change(source.api, "one", 4)
    assert await converged(source.worker, sink.worker) == {"one": [1, 2, 3, 4], "two": [1, 2]}


async def test_a_slow_transaction_is_not_skipped(
    carrier: Carrier, source: ComponentDatabase, sink: ComponentDatabase
) -> None:
    await carrier.start_source()
    await carrier.start_sink()
    async with source.api.transaction(Scope.all()) as slow:
        await publish(slow, Changed(value=1), key="slow")
        second = asyncio.create_task(change(source.api, "slow", 2))
        await change(source.api, "quick", 1, 2, 3)
        await handled(sink.worker, "quick", [1, 2, 3])
        assert "slow" not in await applied(sink.worker)
        assert not second.done(), "the second version waits for the first to be committed"
    await second
    await change(source.api, "quick", 4)
    expected = await converged(source.worker, sink.worker)
    assert expected == {"quick": [1, 2, 3, 4], "slow": [1, 2]}


async def test_fifty_writers_on_three_hot_keys_lose_and_invert_nothing(
    carrier: Carrier, source: ComponentDatabase, sink: ComponentDatabase
) -> None:
    await carrier.start_source()
    await carrier.start_sink()
    crowd = Database(source.urls["api"], pool_size=WRITERS)
    try:
        await asyncio.gather(*(write_with_pauses(crowd, number) for number in range(WRITERS)))
    finally:
        await crowd.close()
    values = (await converged(source.worker, sink.worker, seconds=60)).values()
    assert sum(map(len, values)) == WRITERS * TURNS


async def write_with_pauses(database: Database, number: int) -> None:
    """Transactions on the hot keys that take a while, with a while between them."""
    chance = random.Random(number)
    for turn in range(TURNS):
        await asyncio.sleep(chance.uniform(0, 0.05))
        async with database.transaction(Scope.all()) as tx:
            await publish(tx, Changed(value=number * 100 + turn), key=chance.choice(HOT_KEYS))
            await asyncio.sleep(chance.uniform(0, 0.02))


async def test_a_type_nobody_handles_is_skipped_without_a_hole(
    carrier: Carrier, source: ComponentDatabase, sink: ComponentDatabase
) -> None:
    await carrier.start_source()
    await carrier.start_sink()
    await change(source.api, "thing", 1)
    async with source.api.transaction(Scope.all()) as tx:
        await publish(tx, Renamed(name="other"), key="thing")
    await change(source.api, "thing", 2)
    await converged(source.worker, sink.worker)
    assert [version for version, _ in (await applied(sink.worker))["thing"]] == [1, 3]


async def test_a_major_version_not_read_here_is_parked_with_what_follows_it(
    carrier: Carrier, source: ComponentDatabase, sink: ComponentDatabase
) -> None:
    await carrier.start_source()
    await carrier.start_sink()
    await change(source.api, "thing", 1)
    async with source.api.transaction(Scope.all()) as tx:
        await publish(tx, ChangedOtherwise(amount=2), key="thing")
    await change(source.api, "thing", 3)
    await change(source.api, "other", 1, 2)
    await handled(sink.worker, "other", [1, 2])
    parked = await carrier.parked(2)
    assert [(p.key, p.version, p.reason) for p in parked] == [("thing", 2, "unknown_version"), ("thing", 3, "behind")]
    assert (await applied(sink.worker))["thing"] == [(1, 1)]


async def test_a_failure_that_passes_is_tried_again(
    carrier: Carrier, source: ComponentDatabase, sink: ComponentDatabase, handlers: Handlers
) -> None:
    handlers.passing[2] = 3
    await carrier.start_source()
    await carrier.start_sink()
    await change(source.api, "thing", 1, 2, 3)
    await converged(source.worker, sink.worker)
    assert handlers.passing[2] == 0
