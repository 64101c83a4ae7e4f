"""Pay over HTTP, on a real database: versions, corrections, bulk, and pay that waits for its agent."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest

from kit.db.database import Scope, count_statements
from kit.http.pagination import encoded
from kit.ids import new_id
from kit.period import Month
from services.contributions.application.record_pay import Sent, record_pay
from services.contributions.domain.intake import Pay, PayKey, Verdict
from tests.services.client import Service
from tests.services.contributions.facts import AGGLOMERATION, CITY, elements
from tests.services.contributions.world import RECEPTION, World, hired

PAY = {"tib": "2067.57", "nbi": "73.84", "ri": "300.00"}
SCOPES = ("pay:write", "pay:read")
JUNE = f"/v1/pay/{CITY}/M1/2025-06"
KEY = PayKey(CITY, "M1", "", Month(2025, 6))


def hris(service: Service, *employers: str) -> httpx.AsyncClient:
    return service.caller(*SCOPES, employers=list(employers or (CITY,)), client="demo-hris")


async def test_pay_is_recorded_corrected_and_never_lost(service: Service, world: World) -> None:
    agent = await world.hire("M1")
    async with hris(service) as client:
        first = await client.put(JUNE, json={**PAY, "other": {"CTI": "183.00"}, "share_of_pay": "0.5"})
        assert (first.status_code, first.headers["etag"], first.json()["version"]) == (201, '"1"', 1)
        again = await client.put(JUNE, json={**PAY, "other": {"CTI": "183.00"}, "share_of_pay": "0.5000"})
        assert (again.status_code, again.headers["etag"]) == (200, '"1"')
        unseen = await client.put(JUNE, json=PAY)
        assert (unseen.status_code, unseen.json()["code"]) == (428, "if_match_missing")
        stale = await client.put(JUNE, json=PAY, headers={"If-Match": '"7"'})
        assert (stale.status_code, stale.json()["code"]) == (412, "version_outdated")
        corrected = await client.put(JUNE, json=PAY, headers={"If-Match": '"1"'})
        assert (corrected.status_code, corrected.headers["etag"]) == (200, '"2"')
        read = await client.get(JUNE)
        assert read.json() | PAY | {"other": {}, "tpp": None, "sft": "0.00", "version": 2} == read.json()
        before = await client.get(JUNE, params={"version": 1})
        assert (before.json()["other"], before.json()["share_of_pay"]) == ({"CTI": "183.00"}, "0.5000")
    (recorded,) = await world.events("pay.recorded")
    assert recorded == {
        "agent": str(agent),
        "employer": CITY,
        "employment": None,
        "month": "2025-06",
        "version": 1,
        "tib": "2067.57",
        "nbi": "73.84",
        "ri": "300.00",
        "sft": "0.00",
        "ir": "0.00",
        "tpp": None,
        "other": "183.00",
        "other_elements": {"CTI": "183.00"},
        "share_of_pay": "0.5000",
        "cabinet": "0.00",
        "gross": None,
        "rappels": [],
    }
    (correction,) = await world.events("pay.corrected")
    assert (correction["version"], correction["other"]) == (2, "0.00")


async def test_months_of_an_agent_are_listed_as_they_were_known(service: Service, world: World) -> None:
    agent = await world.hire("M1")
    whose = {"agent": str(agent)}
    async with hris(service) as client, hris(service, AGGLOMERATION) as stranger:
        for month in ("2025-05", "2025-07", "2025-06"):
            await client.put(f"/v1/pay/{CITY}/M1/{month}", json=PAY)
        await client.put(f"/v1/pay/{CITY}/M2/2025-06", json=PAY)
        first = (await client.get(JUNE)).json()
        service.clock.at += timedelta(minutes=1)
        await client.put(JUNE, json={"tib": "2100.00"}, headers={"If-Match": '"1"'})

        async def listed(by: httpx.AsyncClient, **asked: Any) -> list[tuple[str, str, int]]:
            items = (await by.get("/v1/pay", params=asked)).json()["items"]
            return [(one["matricule"], one["month"], one["version"]) for one in items]

        every = [("M1", "2025-05", 1), ("M1", "2025-06", 2), ("M1", "2025-07", 1)]
        assert await listed(client, **whose) == every
        assert await listed(client, **whose, **{"from": "2025-06", "to": "2025-06"}) == every[1:2]
        assert await listed(client, **whose, known_at=first["recorded_at"]) == [(m, month, 1) for m, month, _ in every]
        assert await listed(client, **whose, known_at="2020-01-01T00:00:00Z") == []
        assert await listed(client, employer=CITY, matricule="M2") == [("M2", "2025-06", 1)], "of nobody known yet"
        page = (await client.get("/v1/pay", params={**whose, "limit": 2})).json()
        assert await listed(client, **whose, cursor=page["next"]) == every[2:]
        assert await listed(stranger, **whose) == []
        assert (await stranger.get("/v1/pay", params={"employer": CITY, "matricule": "M1"})).status_code == 403
        nobody = await client.get("/v1/pay", params={"employer": CITY})
        assert (nobody.status_code, nobody.json()["errors"][0]["pointer"]) == (422, "/query/agent")
        foreign = await client.get("/v1/pay", params={**whose, "cursor": encoded(("x",))})
        assert (foreign.status_code, foreign.json()["code"]) == (422, "cursor")


async def test_pay_of_several_employments_stands_apart(service: Service, world: World) -> None:
    await world.hire("M1")
    async with hris(service) as client:
        assert (await client.put(JUNE, json=PAY, params={"employment": "e1"})).status_code == 201
        assert (await client.put(JUNE, json=PAY, params={"employment": "e2"})).status_code == 201
        assert (await client.get(JUNE)).status_code == 404
        assert (await client.get(JUNE, params={"employment": "e2"})).json()["employment"] == "e2"
    assert [event["employment"] for event in await world.events("pay.recorded")] == ["e1", "e2"]


@pytest.mark.parametrize(
    ("path", "body", "pointer"),
    [
        (f"/v1/pay/{CITY}/M1/2025-13", PAY, "/path/month"),
        (f"/v1/pay/{CITY}/M1/0000-01", PAY, "/path/month"),
        ("/v1/pay/99985001900013/M1/2025-06", PAY, "/path/employer"),
        (f"/v1/pay/{CITY}/-/2025-06", PAY, "/path/matricule"),
        (JUNE, {**PAY, "colour": "red"}, "/colour"),
        (JUNE, {**PAY, "tib": 2067.57}, "/tib"),
        (JUNE, {**PAY, "tib": "-1.00"}, "/tib"),
        (JUNE, {"ri": "300.00"}, "/tib"),
        (JUNE, {**PAY, "other": {"CTI": "x"}}, "/other/CTI"),
        (JUNE, {**PAY, "other": {f"C{n}": "1.00" for n in range(51)}}, "/other"),
        (JUNE, {**PAY, "share_of_pay": 0.5}, "/share_of_pay"),
        (JUNE, {**PAY, "share_of_pay": "1.01"}, "/share_of_pay"),
        (f"/v1/pay/{CITY}/275038500100158/2025-06", PAY, "/path/matricule"),
    ],
)
async def test_malformed_pay_is_refused_where_it_is_wrong(
    service: Service, path: str, body: dict[str, Any], pointer: str
) -> None:
    async with hris(service) as client:
        response = await client.put(path, json=body)
    assert (response.status_code, response.json()["code"]) == (422, "validation")
    assert [error["pointer"] for error in response.json()["errors"]] == [pointer]


async def test_another_employers_pay_is_out_of_reach(service: Service, world: World) -> None:
    async with hris(service, AGGLOMERATION) as other:
        refused = await other.put(JUNE, json=PAY)
        assert (refused.status_code, refused.json()["code"]) == (403, "employer_not_yours")
        assert (await other.get(JUNE)).status_code == 403
    assert await world.rows("SELECT * FROM pay_version") == []


async def test_pay_waits_for_its_agent_in_order_and_is_told_once(service: Service, world: World) -> None:
    async with hris(service) as client:
        await client.put(JUNE, json=PAY)
        await client.put(JUNE, json={"tib": "1.00"}, headers={"If-Match": '"1"'})
        await client.put(f"/v1/pay/{CITY}/M1/2025-05", json=PAY)
        await client.put(f"/v1/pay/{CITY}/M2/2025-05", json=PAY)
    assert await world.events("pay.recorded") == []
    agent = await world.hire("M1")
    await world.hire("M1", agent=agent)
    told = [*await world.events("pay.recorded"), *await world.events("pay.corrected")]
    assert [(e["month"], e["version"]) for e in told] == [("2025-05", 1), ("2025-06", 1), ("2025-06", 2)]
    assert {e["agent"] for e in told} == {str(agent)}
    assert [row["matricule"] for row in await world.rows("SELECT matricule FROM pay_waiting")] == ["M2"]


async def one_waits(world: World, other: asyncio.Task[Any]) -> None:
    """Return once somebody waits for a lock, or `other` is done; 5 s at most."""
    async with asyncio.timeout(5):
        while not other.done():
            if await world.database.admin.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
                return
            await asyncio.sleep(0.01)


async def test_pay_and_hire_at_the_same_moment_meet(world: World) -> None:
    """Pay comes while a hire is about to commit, and a hire while pay is: each time one waits and sees the other."""
    async with world.database.api.transaction(Scope.all()) as tx:
        await record_pay(tx, {KEY: Sent(Pay(elements(tib="1.00")))}, RECEPTION)
        hire = asyncio.create_task(world.hire("M1"))
        await one_waits(world, hire)
    agent = await hire
    assert [event["agent"] for event in await world.events("pay.recorded")] == [str(agent)]

    other = new_id()
    async with world.database.worker.transaction(Scope.all()) as tx:
        await world.tell_in(tx, "agent.hired", hired("M2", other))
        pay = asyncio.create_task(record_one(world, KEY._replace(matricule="M2")))
        await one_waits(world, pay)
    await pay
    assert [event["agent"] for event in await world.events("pay.recorded")] == [str(agent), str(other)]
    assert await world.rows("SELECT * FROM pay_waiting") == []


async def record_one(world: World, key: PayKey) -> None:
    async with world.database.api.transaction(Scope.all()) as tx:
        await record_pay(tx, {key: Sent(Pay(elements(tib="1.00")))}, RECEPTION)


async def test_one_of_many_corrections_of_the_same_version_wins(service: Service, world: World) -> None:
    await world.hire("M1")
    async with hris(service) as client:
        created = await asyncio.gather(*(client.put(JUNE, json=PAY) for _ in range(20)))
        assert sorted(r.status_code for r in created) == [200] * 19 + [201]
        changes = [client.put(JUNE, json={"tib": f"{n}.00"}, headers={"If-Match": '"1"'}) for n in range(20)]
        assert sorted(r.status_code for r in await asyncio.gather(*changes)) == [200] + [412] * 19
    assert len(await world.events("pay.recorded")) == 1
    assert len(await world.events("pay.corrected")) == 1


async def test_bulk_answers_each_item_apart(service: Service, world: World) -> None:
    await world.hire("M1")
    item = {"employer": CITY, "matricule": "M1", "month": "2025-06", **PAY}
    async with hris(service) as client:
        await client.put(f"/v1/pay/{CITY}/M1/2025-04", json=PAY)
        items: list[Any] = [
            item,
            item,
            {**item, "tib": "1.00"},
            {**item, "month": "2025-05", "tib": 12},
            {**item, "employer": AGGLOMERATION},
            {**item, "month": "2025-04"},
            {**item, "month": "2025-04", "employment": "e9", "version": 3},
            {**item, "matricule": "M9"},
            "text",
            None,
        ]
        answer = await client.post("/v1/pay:bulk", json={"items": items})
        assert answer.status_code == 207
        found = answer.json()["items"]
        assert [one["index"] for one in found] == list(range(10))
        assert [one["status"] for one in found] == [201, 201, 422, 422, 403, 200, 412, 201, 422, 422]
        assert [one["version"] for one in found if one["status"] < 300] == [1, 1, 1, 1]
        assert found[2]["problem"]["code"] == "contradictory_item"
        assert found[3]["problem"]["errors"][0]["pointer"] == "/items/3/tib"
        assert found[8]["problem"]["errors"][0]["pointer"] == "/items/8"
        corrections = [{**item, "tib": "1.00"}, {**item, "month": "2025-04", "tib": "2.00", "version": 1}]
        second = (await client.post("/v1/pay:bulk", json={"items": corrections})).json()["items"]
        assert [(one["status"], one["version"]) for one in second] == [(428, None), (200, 2)]
    assert len(await world.events("pay.recorded")) == 2
    assert len(await world.rows("SELECT * FROM pay_version")) == 4


@pytest.mark.parametrize("items", [[], None, "x", [{}] * 501])
async def test_bulk_takes_one_to_500_items(service: Service, items: Any) -> None:
    async with hris(service) as client:
        assert (await client.post("/v1/pay:bulk", json={"items": items})).status_code == 422


async def test_bulk_speaks_the_callers_language(service: Service) -> None:
    async with hris(service) as client:
        english = {"accept-language": "en"}
        answer = await client.post("/v1/pay:bulk", json={"items": [{}]}, headers=english)
    assert answer.json()["items"][0]["problem"]["title"] == "Invalid request"


async def test_500_months_take_as_many_statements_as_twenty(world: World) -> None:
    agents = {n: await world.hire(f"M{n}") for n in range(2)}
    assert len(agents) == 2

    async def statements(count: int, month: str) -> int:
        sent = {PayKey(CITY, f"M{n}", "", Month.parse(month)): Sent(Pay(elements(tib="2000.00"))) for n in range(count)}
        api = world.database.api
        async with count_statements(api) as seen, api.transaction(Scope.all()) as tx:
            decided = await record_pay(tx, sent, RECEPTION)
        assert {decision.verdict for decision in decided.values()} == {Verdict.RECORDED}
        return seen.total

    one, twenty = await statements(1, "2025-05"), await statements(20, "2025-06")
    assert one < twenty == await statements(500, "2025-07") <= 10
