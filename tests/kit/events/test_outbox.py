"""Publishing is part of the fact: same transaction, one version per aggregate, a fixed number of statements."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import text

from kit.db.database import Scope, count_statements
from kit.events.context import chained
from kit.events.envelope import Envelope
from kit.events.outbox import Outgoing, publish, publish_many
from tests.kit.events.sample.thing import Changed, change, published
from tests.postgres import ComponentDatabase


async def test_an_event_is_a_cloudevent_with_its_version(source: ComponentDatabase) -> None:
    with chained(correlation="c-1", causation="e-0"):
        async with source.api.transaction(Scope.all()) as tx:
            await publish(tx, Changed(value=7), key="thing", employer="21850191500017", subject="things/thing")
    async with source.worker.transaction(Scope.all()) as tx:
        stored = (await tx.execute(text("SELECT CAST(envelope AS text) FROM outbox"))).scalar_one()
    sent = Envelope.read(stored)
    assert sent.json_text() == stored, "whoever writes it again writes the same text"
    assert sent.model_dump(mode="json", exclude={"id", "time", "traceparent", "insurer"}) == {
        "specversion": "1.0",
        "source": "/source",
        "type": "fr.psc.source.thing.changed.v1",
        "subject": "things/thing",
        "datacontenttype": "application/json",
        "dataschema": "urn:relais:event:fr.psc.source.thing.changed.v1",
        "topic": "psc.source.thing.v1",
        "partitionkey": "thing",
        "sequence": "000000000001",
        "correlationid": "c-1",
        "causationid": "e-0",
        "employer": "21850191500017",
        "data": {"value": 7},
    }
    assert "insurer" not in stored, "an attribute without value is left out"
    assert sent.id.version == 7


async def test_a_fact_rolled_back_has_no_event_and_leaves_no_hole(source: ComponentDatabase) -> None:
    await change(source.api, "thing", 1)
    async with source.api.transaction(Scope.all()) as tx:
        await publish(tx, Changed(value=2), key="thing")
        await tx.rollback()
    await change(source.api, "thing", 3)
    assert await published(source.worker) == {"thing": [1, 3]}
    assert await versions(source) == [1, 2]


async def test_many_events_take_two_statements(source: ComponentDatabase) -> None:
    events = [Outgoing(Changed(value=n), key=f"thing-{n % 7}") for n in range(500)]
    async with count_statements(source.api) as statements, source.api.transaction(Scope.all()) as tx:
        await publish_many(tx, events)
    assert statements.total == 2
    assert (await published(source.worker))["thing-3"] == list(range(3, 500, 7))


async def test_thousands_of_events_go_through_a_stage(source: ComponentDatabase) -> None:
    events = [Outgoing(Changed(value=n), key=f"thing-{n % 7}") for n in range(2_000)]
    async with count_statements(source.api) as statements, source.api.transaction(Scope.all()) as tx:
        await publish_many(tx, events)
    assert statements.total == 4
    assert (await published(source.worker))["thing-3"] == list(range(3, 2_000, 7))


async def test_two_batches_over_the_same_keys_in_opposite_orders_do_not_wait_for_each_other(
    source: ComponentDatabase,
) -> None:
    async def write(keys: list[str]) -> None:
        for _ in range(20):
            async with source.api.transaction(Scope.all()) as tx:
                await publish_many(tx, [Outgoing(Changed(value=1), key=key) for key in keys])

    keys = [f"thing-{n}" for n in range(10)]
    await asyncio.gather(write(keys), write(keys[::-1]))
    assert {len(values) for values in (await published(source.worker)).values()} == {40}


async def test_an_event_of_an_employer_is_written_and_read_in_its_scope_only(source: ComponentDatabase) -> None:
    mine, other = Scope.of(frozenset({"21850191500017"})), Scope.of(frozenset({"21850000000001"}))
    async with source.api.transaction(mine) as tx:
        await publish(tx, Changed(value=1), key="thing", employer="21850191500017")
    async with source.api.transaction(other) as tx:
        assert (await tx.execute(text("SELECT count(*) FROM outbox"))).scalar_one() == 0
    with pytest.raises(Exception, match="row-level security"):
        async with source.api.transaction(other) as tx:
            await publish(tx, Changed(value=1), key="thing", employer="21850191500017")


async def versions(source: ComponentDatabase) -> list[int]:
    async with source.worker.transaction(Scope.all()) as tx:
        return list((await tx.execute(text("SELECT version FROM outbox ORDER BY serial"))).scalars())
