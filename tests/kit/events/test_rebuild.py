"""Projections from zero are what they were, with the consumer running or not."""

from __future__ import annotations

from dataclasses import replace

from kit.events.rebuild import rebuild
from tests.kit.events.carriers import Carrier
from tests.kit.events.observing import converged
from tests.kit.events.sample.thing import applied, change
from tests.postgres import ComponentDatabase


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
