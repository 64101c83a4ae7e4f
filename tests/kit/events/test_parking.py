"""A poison event waits with what follows it; other keys go on; a replay restores the order."""

from __future__ import annotations

import pytest

from kit.events.replaying import replay
from tests.kit.events.carriers import Carrier
from tests.kit.events.observing import converged, handled
from tests.kit.events.sample.thing import TOPIC, Handlers, applied, change
from tests.postgres import ComponentDatabase


@pytest.fixture
async def poisoned(carrier: Carrier, source: ComponentDatabase, sink: ComponentDatabase, handlers: Handlers) -> Carrier:
    """The second event of `a` is refused, two more follow it, and `b` has three."""
    handlers.poison.add(13)
    await carrier.start_source()
    await carrier.start_sink()
    await change(source.api, "a", 1, 13, 2, 3)
    await change(source.api, "b", 1, 2, 3)
    await handled(sink.worker, "b", [1, 2, 3])
    return carrier


async def test_other_keys_go_on_and_a_replay_restores_the_order(
    poisoned: Carrier, source: ComponentDatabase, sink: ComponentDatabase, handlers: Handlers
) -> None:
    parked = await poisoned.parked(3)
    assert [(p.key, p.version, p.reason, p.attempts) for p in parked] == [
        ("a", 2, "poison", 1),
        ("a", 3, "behind", 0),
        ("a", 4, "behind", 0),
    ]
    assert parked[0].error is not None
    assert parked[0].error.startswith("ValueError at thing.changed:")
    assert "13" not in parked[0].error.partition(":")[0], "an error names no value"
    handlers.poison.clear()
    assert await replay(poisoned.delivery, TOPIC, "a") == 3
    assert await poisoned.parked(0) == []
    await change(source.api, "a", 4)
    await converged(source.worker, sink.worker)


async def test_what_comes_while_parked_queues_behind(
    poisoned: Carrier, source: ComponentDatabase, sink: ComponentDatabase, handlers: Handlers
) -> None:
    await change(source.api, "a", 4, 5)
    await change(source.api, "b", 4)
    await handled(sink.worker, "b", [1, 2, 3, 4])
    assert [p.version for p in await poisoned.parked(5)] == [2, 3, 4, 5, 6]
    assert (await applied(sink.worker))["a"] == [(1, 1)]
    handlers.poison.clear()
    assert await replay(poisoned.delivery, TOPIC, "a") == 5
    await converged(source.worker, sink.worker)


async def test_a_replay_stops_at_the_next_failure(
    poisoned: Carrier, source: ComponentDatabase, sink: ComponentDatabase, handlers: Handlers
) -> None:
    await poisoned.parked(3)
    handlers.poison = {3}
    assert await replay(poisoned.delivery, TOPIC, "a") == 2
    assert [(p.version, p.reason, p.attempts) for p in await poisoned.parked(1)] == [(4, "poison", 1)]
    assert await replay(poisoned.delivery, TOPIC, "a") == 0
    assert [p.attempts for p in await poisoned.parked(1)] == [2]
    handlers.poison.clear()
    assert await replay(poisoned.delivery, TOPIC, "a") == 1
    await converged(source.worker, sink.worker)


async def test_a_redelivery_does_not_park_twice(
    poisoned: Carrier, source: ComponentDatabase, sink: ComponentDatabase
) -> None:
    await poisoned.parked(3)
    await poisoned.deliver_again()
    await change(source.api, "b", 4)
    await handled(sink.worker, "b", [1, 2, 3, 4])
    assert [(p.version, p.attempts) for p in await poisoned.parked(3)] == [(2, 1), (3, 0), (4, 0)]
