"""Facts, accords and the worker in any order: the last word is the same, and one chain leads to it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from itertools import permutations
from typing import Any

import pytest
from pydantic import SecretStr

from kit.clock import FixedClock
from services.eligibility.main import create_app, day_passes
from tests.postgres import DatabaseFactory
from tests.services.client import running
from tests.services.eligibility.conftest import CITY, NOW, RING, Eligibility, hire_body
from tests.services.eligibility.test_over_time import cover, hire
from tests.waiting import eventually

NOWHERE = {"agreements": "http://127.0.0.1:9"}
Step = Callable[[Eligibility], Awaitable[None]]


async def _accord(eligibility: Eligibility) -> None:
    await eligibility.publish_accord()


async def _leave(eligibility: Eligibility) -> None:
    async with eligibility.hris(CITY) as hris:
        agent = (await hris.get("/v1/agents")).json()["items"][0]["id"]
        await hris.post(f"/v1/agents/{agent}/leaves", json={"kind": "DO", "start": "2026-01-01", "paid": False})


async def _worker(eligibility: Eligibility) -> None:
    await eligibility.decide()


@pytest.mark.parametrize(
    "order", list(permutations((_accord, _leave, _worker))), ids=lambda order: "".join(step.__name__ for step in order)
)
async def test_in_any_order_the_last_word_is_the_same(eligibility: Eligibility, order: tuple[Step, ...]) -> None:
    async with eligibility.hris(CITY) as hris:
        await hire(hris)
    for step in (*order, _worker):
        await step(eligibility)
    last = (await eligibility.events("affiliation."))[-1]["data"]["timeline"]
    assert [(p["start"], p["outcome"]) for p in last] == [("2025-02-01", "AFFILIATED"), ("2026-01-01", "SUSPENDED")]


async def test_the_chain_of_a_request_reaches_the_affiliation(eligibility: Eligibility) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    await eligibility.publish_accord()
    async with eligibility.hris(CITY) as hris:
        headers = {"idempotency-key": "h", "traceparent": f"00-{trace}-b7ad6b7169203331-01"}
        assert (await hris.post("/v1/agents", json=hire_body(), headers=headers)).status_code == 201
    await eligibility.decide()
    hired, started = await eligibility.events()
    assert hired["correlationid"] == started["correlationid"]
    assert trace in hired["traceparent"]
    assert trace in started["traceparent"]


async def test_a_running_service_decides_by_itself(database: DatabaseFactory) -> None:
    component = await database("eligibility")
    async with running(create_app, component, NOW, key_ring=SecretStr(RING), role="all", producers=NOWHERE) as service:
        whole = Eligibility(service, component)
        await whole.publish_accord()
        async with whole.hris(CITY) as hris:
            agent = await hire(hris)

            async def decided() -> Any:
                return (await cover(hris, agent))["periods"]

            assert (await eventually(decided, "the decision"))[0]["outcome"] == "AFFILIATED"


async def test_the_night_task_is_due_after_midnight_in_paris() -> None:
    task = day_passes(FixedClock(NOW))
    due = task.schedule.latest(datetime(2026, 7, 1, 3, 0, tzinfo=UTC))
    assert due == datetime(2026, 6, 30, 22, 1, tzinfo=UTC)
