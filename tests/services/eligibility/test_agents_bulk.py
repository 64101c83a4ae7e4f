"""Hundreds of hires in one call: each has its own answer, the whole may be sent again."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from kit.db.database import Scope, count_statements
from kit.events.envelope import Envelope
from tests.services.eligibility.conftest import CITY, OTHER, SOCIAL_CENTRE, Eligibility, hire_body
from tests.services.eligibility.test_replays import count, key_of

PATH = "/v1/agents:bulk"


def hires(number: int, **changes: Any) -> list[dict[str, Any]]:
    """Hires of as many persons, M0 first."""
    nirs = [f"2750385001{n:03d}" for n in range(number)]
    return [hire_body(matricule=f"M{n}", nir=nir + key_of(nir), **changes) for n, nir in enumerate(nirs)]


async def send(hris: httpx.AsyncClient, items: list[Any]) -> list[dict[str, Any]]:
    answer = await hris.post(PATH, json={"items": items})
    assert answer.status_code == 207, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    assert [item["index"] for item in found] == list(range(len(items)))
    return found


async def test_each_hire_becomes_what_it_would_alone(eligibility: Eligibility) -> None:
    async with eligibility.hris(CITY) as hris:
        answers = await send(hris, hires(30))
        alone = await hris.post("/v1/agents", json=hires(30)[7], headers={"idempotency-key": "k"})
        read = await hris.get("/v1/agents", params={"employer": CITY, "limit": 50})
    assert [item["status"] for item in answers] == [201] * 30
    assert (alone.status_code, alone.json()["id"]) == (200, answers[7]["id"])
    assert len(read.json()["items"]) == len(await eligibility.events("agent.hired")) == 30


async def test_bulk_and_alone_tell_the_same(eligibility: Eligibility) -> None:
    first, second = hires(2)
    async with eligibility.hris(CITY) as hris:
        await hris.post("/v1/agents", json=first, headers={"idempotency-key": "k"})
        await send(hris, [second])
    told = [event["data"] for event in await eligibility.events()]
    for one in told:
        one["agent"] = one["matricule"] = one["employment"]["id"] = None
    assert told[0] == told[1]


@pytest.mark.parametrize("number", [1, 30])
async def test_hires_are_told_as_anything_is(eligibility: Eligibility, number: int) -> None:
    """One by arrays, many by a stage: the envelopes are those that the kit writes, about the agents."""
    async with eligibility.hris(CITY) as hris:
        agents = [item["id"] for item in await send(hris, hires(number))]
    async with eligibility.database.worker.transaction(Scope.all()) as tx:
        told = (await tx.execute(text("SELECT CAST(envelope AS text) FROM outbox ORDER BY serial"))).scalars().all()
    events = [Envelope.read(one) for one in told]
    assert [one.json_text() for one in events] == told
    assert [(one.key, one.subject, one.sequence) for one in events] == [(a, f"/v1/agents/{a}", 1) for a in agents]


async def test_sent_again_nothing_changes(eligibility: Eligibility) -> None:
    async with eligibility.hris(CITY) as hris:
        first, again = await send(hris, hires(25)), await send(hris, hires(25))
    assert [item["status"] for item in again] == [200] * 25
    assert [item["id"] for item in again] == [item["id"] for item in first]
    assert await count(eligibility, "employment") == len(await eligibility.events()) == 25


async def test_a_refused_item_leaves_the_others(eligibility: Eligibility) -> None:
    good, other_day, also_good, taken = hires(4)
    other_day["nir"], other_day["birth_date"] = good["nir"], "1975-03-02"
    taken["matricule"] = "M0"
    items = [good, {**also_good, "nir": "1"}, other_day, 3, {**also_good, "employer": OTHER}, taken, also_good, good]
    async with eligibility.hris(CITY, SOCIAL_CENTRE) as hris:
        answers = await send(hris, items)
        everybody = (await hris.get("/v1/agents")).json()["items"]
    assert [item["status"] for item in answers] == [201, 422, 422, 422, 403, 409, 201, 200]
    codes = [item["problem"]["code"] if item["problem"] else None for item in answers]
    assert codes[1:6] == ["validation", "identity_mismatch", "validation", "employer_not_yours", "matricule_taken"]
    assert answers[1]["problem"]["errors"][0]["pointer"] == "/items/1/nir"
    assert answers[2]["problem"]["errors"][0]["pointer"] == "/items/2/birth_date"
    assert [row["matricule"] for row in everybody] == ["M0", "M2"]
    assert await count(eligibility, "person") == await count(eligibility, "agent") == 2


async def test_one_person_with_two_employers_is_one_agent(eligibility: Eligibility) -> None:
    (one,) = hires(1)
    async with eligibility.hris(CITY, SOCIAL_CENTRE) as hris:
        both = await send(hris, [one, {**one, "employer": SOCIAL_CENTRE}])
        third = await send(hris, [{**one, "matricule": "M9"}])
    assert [item["status"] for item in (*both, *third)] == [201] * 3
    assert len({item["id"] for item in (*both, *third)}) == 1
    assert await count(eligibility, "agent") == 1


async def test_ten_at_once_enter_each_agent_once(eligibility: Eligibility) -> None:
    items = hires(40)
    async with eligibility.hris(CITY) as hris:
        answers = await asyncio.gather(*(send(hris, items[n:] + items[:n]) for n in range(10)))
    assert sorted(item["status"] for items in answers for item in items) == [200] * 360 + [201] * 40
    assert await count(eligibility, "agent") == len(await eligibility.events("agent.hired")) == 40


async def test_as_many_statements_for_five_hundred_as_for_fifty(eligibility: Eligibility) -> None:
    everybody = hires(550)
    database = eligibility.service.app.state.db
    async with eligibility.hris(CITY) as hris:
        await send(hris, everybody[:1])
        sent = []
        for items in (everybody[1:50], everybody[50:]):
            async with count_statements(database) as statements:
                await send(hris, items)
            sent.append(statements.total)
    assert sent[0] == sent[1]


@pytest.mark.parametrize("items", [[], [{}] * 501, None])
async def test_one_to_five_hundred_items(eligibility: Eligibility, items: Any) -> None:
    async with eligibility.hris(CITY) as hris:
        answer = await hris.post(PATH, json={"items": items})
    assert (answer.status_code, answer.json()["code"]) == (422, "validation")
