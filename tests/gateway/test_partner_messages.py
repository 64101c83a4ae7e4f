"""What an insurer writes to its topic is taken, in order and once; what cannot be is kept with the reason."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from deploy.kafka.topics import Topic, create
from gateway import inbound_topics, outbound_topics
from kit.ids import new_id
from tests.e2e.test_examples import benefits, consuming
from tests.gateway.conftest import OTHER, Door
from tests.gateway.feeding import Producers, insurer, named
from tests.kit.events.kafka import SessionBroker, transports
from tests.waiting import eventually, until

TOPIC = "psc.partner.insurer-a.inbound.v1"
UNKNOWN_CLAIM = "019a2b3c-0000-7000-8000-000000000002"


def message(kind: str, identifier: UUID, **data: Any) -> bytes:
    return json.dumps({"id": str(identifier), "type": f"fr.psc.partner.{kind}.v1", "data": data}).encode()


@pytest.fixture(params=[name for name in transports() if name == "kafka"])
async def following(door: Door, broker: SessionBroker) -> AsyncIterator[str]:
    """The gateway's worker takes what is in the topic; where the broker listens."""
    bootstrap = await broker.bootstrap()
    await create(bootstrap, [Topic(TOPIC, partitions=1, retention=None, sensitive=True, copies=1, in_sync=1)])
    task = asyncio.create_task(inbound_topics.follow(door.gateway.state, bootstrap, None))
    yield bootstrap
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_messages_of_a_topic_are_taken_in_order_and_what_is_refused_holds_nobody_up(
    door: Door, following: str
) -> None:
    epoch = await door.database.admin.fetchval("SELECT epoch FROM feed_meta")
    refused, earlier, later = new_id(), f"{epoch}:1", f"{epoch}:2"
    accepted = {"claim": UNKNOWN_CLAIM, "on": "2026-05-20", "reference": "S-1"}
    async with AIOKafkaProducer(bootstrap_servers=following) as insurer:
        for body in (
            message("event.acknowledged", new_id(), cursor=earlier),
            b"{not json",
            message("claim.accepted", refused, **accepted),
            message("claim.accepted", refused, **accepted),
            message("event.acknowledged", new_id(), cursor=later),
        ):
            await insurer.send_and_wait(TOPIC, body, key=b"1")

    async def listed() -> list[dict[str, Any]] | None:
        answer = await door.http.get("/v1/partner-messages", headers=await door.bearer("staff"))
        found: list[dict[str, Any]] = answer.json()["items"]
        return found if any(one["cursor"] == later for one in found) else None

    found = {one["id"]: one for one in await eventually(listed, "the last message")}
    assert len(found) == 3
    assert {one["insurer"] for one in found.values()} == {"insurer-a"}
    assert (found["acknowledged"]["outcome"], found["acknowledged"]["cursor"]) == ("DONE", later)
    assert found[str(refused)]["code"] == "not_of_your_lots"
    assert {one["code"] for one in found.values()} == {None, "not_of_your_lots", "invalid_message"}


async def test_an_insurer_reads_its_own_lots_from_its_topic(door: Door, following: str) -> None:
    topics = ("psc.partner.demo-a.v1", "psc.partner.demo-c.v1")
    await create(following, [Topic(name, 1, None, sensitive=True, copies=1, in_sync=1) for name in topics])
    producers = Producers(door.database.worker)
    await producers.deliver(
        # The topic of demo-b is not there: it holds nobody up.
        producers.agreement("accord-b", insurers=[insurer("demo-b")], employers=[OTHER]),
        producers.statement("2026-01", OTHER),
        producers.agreement("accord-a"),
    )
    agent = str(new_id())
    mine = [producers.statement(f"2026-{month:02}") for month in range(1, 3)]
    mine.append(producers.event("claims.claim.opened", agent, {"agent": agent, "agreement": "accord-a"}))
    await producers.deliver(*mine)

    async def received(count: int) -> list[Any]:
        consumer = AIOKafkaConsumer(*topics, bootstrap_servers=following, auto_offset_reset="earliest")
        async with asyncio.timeout(30), consumer:
            return [await consumer.getone() for _ in range(count)]

    task = asyncio.create_task(outbound_topics.publish(door.gateway.state, following, None))
    try:
        got = await received(3)
        later = producers.statement("2026-04")
        await producers.deliver(later)
        got = await received(4)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    events = [json.loads(one.value) for one in got]
    assert [event["id"] for event in events] == named(*mine, later)
    assert {(one.topic, event["insurer"]) for one, event in zip(got, events, strict=True)} == {(topics[0], "demo-a")}
    assert "run" not in events[0]["data"], "what is not disclosed"
    assert dict(got[0].headers)["ce_type"].decode() == events[0]["type"]
    (entry,) = await door.database.admin.fetch("SELECT * FROM audit_entry WHERE method = 'TOPIC'")
    assert (entry["client"], entry["path"], entry["query"]) == ("demo-a", topics[0], "from=1&to=3")
    assert [str(told) for told in entry["agents"]] == [agent]


async def test_the_insurer_s_example_goes_on_where_it_stopped_in_its_topic(
    door: Door, following: str, tmp_path: Path
) -> None:
    topic = Topic("psc.partner.demo-k.v1", partitions=2, retention=None, sensitive=True, copies=1, in_sync=1)
    await create(following, [topic])
    producers, state = Producers(door.database.worker), tmp_path / "state.json"
    await producers.deliver(producers.agreement(insurers=[insurer("demo-k")]))
    given = {**os.environ, "RELAIS_KAFKA": following, "RELAIS_INSURER": "demo-k", "RELAIS_STATE": str(state)}

    async def decided(kind: str, agent: str, benefit: str) -> None:
        data = {"agent": agent, "claim": agent, "agreement": "accord", "month": "2026-01", "benefit": benefit}
        await producers.deliver(producers.event(f"claims.benefit.{kind}", agent, data))

    def consumed(*amounts: str) -> str:
        with consuming(given) as printed:
            until(lambda: sorted(benefits(state).values()) == sorted(amounts), f"benefits of {amounts}", 30)
        return printed.read_text()

    task = asyncio.create_task(outbound_topics.publish(door.gateway.state, following, None))
    try:
        for agent in ("a", "b", "c"):
            await decided("decided", agent, "10.00")
        assert (await asyncio.to_thread(consumed, "10.00", "10.00", "10.00")).count("10.00 €") == 3
        await decided("adjusted", "a", "12.50")
        await decided("decided", "d", "20.00")
        assert "10.00" not in await asyncio.to_thread(consumed, "10.00", "10.00", "12.50", "20.00")
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_a_kind_of_message_that_is_none_is_refused_at_its_field(door: Door) -> None:
    known = json.loads(message("event.acknowledged", new_id(), cursor="x"))
    unknown = {name: value for name, value in known.items() if name != "type"}
    for kind in ({"type": "fr.psc.partner.claim.lost.v1"}, {"type": "fr.psc.partner.claim.accepted.v9"}, {}):
        answer = await door.http.post("/v1/partner-messages", json=unknown | kind, headers=await door.bearer("staff"))
        assert (answer.status_code, [one["pointer"] for one in answer.json()["errors"]]) == (422, ["/type"])
