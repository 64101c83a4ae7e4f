"""Projections from zero are what they were, with the consumer running or not."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import text

from kit.db.database import Database, Scope
from kit.events import place
from kit.events.rebuild import rebuild
from kit.events.reset import OutdatedError, reset
from tests.kit.events.carriers import Carrier
from tests.kit.events.observing import converged
from tests.kit.events.sample.thing import applied, change
from tests.postgres import ComponentDatabase
from tests.waiting import eventually


async def test_a_projection_that_went_wrong_is_built_again(
    carrier: Carrier, source: ComponentDatabase, sink: ComponentDatabase
) -> None:
    await carrier.start_source()
    await carrier.start_sink()
    await change(source.api, "a", *range(30))
    await change(source.api, "b", *range(30))
    await converged(source.worker, sink.worker)
    await carrier.stop_sink()
    await sink.admin.execute("UPDATE state SET digest = 'wrong'")
    assert await rebuild([carrier.delivery], carrier.reader()) == ["applied", "state"]
    await converged(source.worker, sink.worker, seconds=1)


async def test_a_running_consumer_takes_part(
    carrier: Carrier, source: ComponentDatabase, sink: ComponentDatabase
) -> None:
    await carrier.start_source()
    await carrier.start_sink()
    await change(source.api, "a", *range(60))
    await converged(source.worker, sink.worker)
    await rebuild([carrier.delivery], carrier.reader())
    await change(source.api, "a", *range(5))
    assert await converged(source.worker, sink.worker) == {"a": [*range(60), *range(5)]}


async def test_what_is_no_projection_is_left_alone(
    carrier: Carrier, source: ComponentDatabase, sink: ComponentDatabase
) -> None:
    await carrier.start_source()
    await carrier.start_sink()
    await change(source.api, "a", 1, 2)
    await converged(source.worker, sink.worker)
    before = await applied(sink.worker)
    carrier.delivery.subscription = replace(carrier.delivery.subscription, projections={})
    assert await rebuild([carrier.delivery], carrier.reader()) == []
    assert await applied(sink.worker) == before


async def test_whoever_holds_the_copy_sees_it_whole_until_commit(
    carrier: Carrier, source: ComponentDatabase, sink: ComponentDatabase
) -> None:
    await carrier.start_source()
    await carrier.start_sink()
    await change(source.api, "a", *range(10))
    await converged(source.worker, sink.worker)
    async with sink.worker.transaction(Scope.all()) as tx:
        assert await place.hold_complete(tx)
        task = asyncio.create_task(rebuild([carrier.delivery], carrier.reader()))

        async def waits_or_ended() -> bool:
            query = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
            return task.done() or bool((await tx.execute(query)).scalar_one())

        await eventually(waits_or_ended, "the rebuild to wait")
        assert not task.done()
        assert len((await tx.execute(text("SELECT * FROM applied"))).all()) == 10
    assert await task == ["applied", "state"]


async def test_a_copy_about_to_be_built_again_is_not_whole(carrier: Carrier, sink: ComponentDatabase) -> None:
    async with sink.worker.transaction(Scope.all()) as tx:
        await reset(tx, [carrier.delivery])
        assert not await place.hold_complete(tx)


async def test_a_rebuild_waits_for_a_reader_longer_than_a_lock_may(carrier: Carrier, sink: ComponentDatabase) -> None:
    impatient = Database(sink.worker.url.render_as_string(hide_password=False), lock_timeout_ms=100)
    carrier.delivery.database = impatient
    await carrier.start_source()
    try:
        async with sink.worker.transaction(Scope.all()) as tx:
            await tx.execute(text("SELECT count(*) FROM state"))
            task = asyncio.create_task(rebuild([carrier.delivery], carrier.reader()))
            await asyncio.wait([task], timeout=0.5)
            assert not task.done()
        assert await task == ["applied", "state"]
    finally:
        await impatient.close()


async def test_handlers_that_make_more_of_the_events_begin_again_by_themselves(
    carrier: Carrier, source: ComponentDatabase, sink: ComponentDatabase
) -> None:
    await carrier.start_source()
    await carrier.start_sink()
    await change(source.api, "a", 1, 2)
    await converged(source.worker, sink.worker)
    await carrier.stop_sink()
    await sink.admin.execute("UPDATE state SET digest = 'of the former handlers'")
    carrier.delivery.subscription = replace(carrier.delivery.subscription, revision=2)
    await carrier.start_sink()
    await change(source.api, "a", 3)
    assert await converged(source.worker, sink.worker) == {"a": [1, 2, 3]}
    await carrier.stop_sink()
    carrier.delivery.subscription = replace(carrier.delivery.subscription, revision=1)
    with pytest.raises(OutdatedError):
        await carrier.transport(carrier.reader()).consume(carrier.delivery)
