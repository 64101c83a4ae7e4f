"""What an insurer writes to its topic is taken, in order and once; what cannot be is kept with the reason."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from aiokafka import AIOKafkaProducer

from deploy.kafka.topics import Topic, create
from gateway import inbound_topics
from kit.ids import new_id
from tests.gateway.conftest import Door
from tests.kit.events.kafka import SessionBroker, transports
from tests.waiting import eventually

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
