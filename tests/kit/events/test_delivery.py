"""Delivery without a transport: any order, any repetition, any cut into batches gives the same effects."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.db.away import is_away
from kit.db.database import Scope
from kit.events.applying import Batch
from kit.events.context import chained, current
from kit.events.delivery import Delivery
from kit.events.envelope import Envelope
from kit.events.ordering import Outcome, in_version_order
from kit.events.outbox import publish
from tests.kit.events.observing import converged
from tests.kit.events.sample.thing import Changed, Handlers, applied, change
from tests.postgres import ComponentDatabase

EPOCH = UUID(int=7)


async def envelopes(source: ComponentDatabase) -> list[Envelope]:
    """What `source` published, in the order of writing."""
    async with source.worker.transaction(Scope.all()) as tx:
        rows = await tx.execute(text("SELECT CAST(envelope AS text) FROM outbox ORDER BY serial"))
        return [Envelope.read(body) for body in rows.scalars()]


def cut(events: Sequence[Envelope], chance: random.Random) -> list[Batch]:
    """In batches of one to seven."""
    batches, rest = [], list(events)
    while rest:
        size = chance.randint(1, 7)
        batches.append(Batch(EPOCH, rest[:size]))
        rest = rest[size:]
    return batches


@pytest.mark.parametrize("seed", range(8))
async def test_tripled_and_shuffled_events_have_the_effects_of_one_delivery_in_order(
    source: ComponentDatabase, sink: ComponentDatabase, handlers: Handlers, seed: int
) -> None:
    chance = random.Random(seed)
    for n in range(5):
        await change(source.api, f"thing-{n}", *range(8))
    delivered = await envelopes(source) * 3
    chance.shuffle(delivered)
    delivery = Delivery(sink.worker, "sink", handlers.subscription())
    outcomes: Counter[Outcome] = Counter()
    for batch in cut(delivered, chance):
        outcomes += await delivery.deliver(batch) or Counter()
    await converged(source.worker, sink.worker, seconds=1)
    assert outcomes[Outcome.HANDLED] == 40
    assert outcomes[Outcome.DIVERGED] == 0


async def test_poison_among_shuffled_events_holds_back_its_key_only(
    source: ComponentDatabase, sink: ComponentDatabase, handlers: Handlers
) -> None:
    handlers.poison.add(3)
    await change(source.api, "bad", *range(6))
    await change(source.api, "good", 10, 11, 12)
    delivered = await envelopes(source)
    random.Random(1).shuffle(delivered)
    delivery = Delivery(sink.worker, "sink", handlers.subscription())
    for batch in cut(delivered, random.Random(2)):
        await delivery.deliver(batch)
    assert [value for _, value in (await applied(sink.worker))["bad"]] == [0, 1, 2]
    assert [value for _, value in (await applied(sink.worker))["good"]] == [10, 11, 12]


async def test_a_failing_event_leaves_no_trace_of_itself(
    source: ComponentDatabase, sink: ComponentDatabase, handlers: Handlers
) -> None:
    handlers.poison.add(2)
    await change(source.api, "thing", 1, 2)
    delivery = Delivery(sink.worker, "sink", handlers.subscription())
    assert await delivery.deliver(Batch(EPOCH, await envelopes(source))) == {Outcome.HANDLED: 1, Outcome.POISON: 1}
    assert (await applied(sink.worker))["thing"] == [(1, 1)]


async def test_the_effect_and_its_inbox_row_are_one(
    source: ComponentDatabase, sink: ComponentDatabase, handlers: Handlers
) -> None:
    """The database goes away in the middle: nothing was applied, and the same batch applies afterwards."""
    await change(source.api, "thing", 1, 2, 3)
    subscription = handlers.subscription()
    delivery = Delivery(sink.worker, "sink", subscription)
    batch = Batch(EPOCH, await envelopes(source))
    applied_handler = subscription.handlers[Changed.type]

    async def cut_off(tx: AsyncConnection, envelope: Envelope, data: dict[str, object]) -> None:
        await applied_handler(tx, envelope, data)
        if envelope.sequence == 3:
            pid = (await tx.execute(text("SELECT pg_backend_pid()"))).scalar_one()
            await sink.admin.execute("SELECT pg_terminate_backend($1)", pid)

    failing = Delivery(sink.worker, "sink", handlers.subscription(changed=cut_off))
    with pytest.raises((DBAPIError, OSError), check=is_away):
        await failing.deliver(batch)
    assert await applied(sink.worker) == {}
    assert await delivery.deliver(batch) == {Outcome.HANDLED: 3}
    await converged(source.worker, sink.worker, seconds=1)


async def test_handlers_publish_in_the_chain_of_the_event(
    source: ComponentDatabase, sink: ComponentDatabase, handlers: Handlers
) -> None:
    seen = []

    async def note(_tx: object, envelope: Envelope, _data: object) -> None:
        seen.append((current(), envelope))

    with chained(correlation="c-1", traceparent="00-" + "a" * 32 + "-" + "b" * 16 + "-01"):
        async with source.api.transaction(Scope.all()) as tx:
            await publish(tx, Changed(value=1), key="thing")
    delivery = Delivery(sink.worker, "sink", handlers.subscription(changed=note))
    await delivery.deliver(Batch(EPOCH, await envelopes(source)))
    ((chain, envelope),) = seen
    assert chain.correlation == "c-1"
    assert chain.causation == str(envelope.id)
    assert chain.traceparent == envelope.traceparent


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 9)), max_size=20))
def test_sorting_by_version_keeps_the_places_of_keys(pairs: list[tuple[str, int]]) -> None:
    events = [a_thing(key, version) for key, version in pairs]
    ordered = in_version_order(events)
    assert [e.key for e in ordered] == [key for key, _ in pairs]
    for key in "abc":
        versions = [e.sequence for e in ordered if e.key == key]
        assert versions == sorted(version for k, version in pairs if k == key)


def a_thing(key: str, version: int) -> Envelope:
    return Envelope.model_validate(
        {
            "id": UUID(int=version),
            "source": "/source",
            "type": Changed.type,
            "time": "2026-01-01T00:00:00Z",
            "topic": Changed.topic,
            "partitionkey": key,
            "sequence": version,
            "data": {"value": version},
        }
    )
