"""Runs, statements and lines over HTTP."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from kit.ids import new_id
from tests.services.client import Service
from tests.services.contributions.facts import AGGLOMERATION, CITY
from tests.services.contributions.world import World

SCOPES = ("contributions:read", "contributions:write", "pay:write")
RUN = {"employer": CITY, "month": "2025-06"}


def hris(service: Service, *employers: str) -> httpx.AsyncClient:
    return service.caller(*SCOPES, employers=list(employers or (CITY,)), client="demo-hris")


async def run(client: httpx.AsyncClient, key: str, **changes: Any) -> httpx.Response:
    return await client.post("/v1/runs", json={**RUN, **changes}, headers={"Idempotency-Key": key})


async def pay(client: httpx.AsyncClient, matricule: str, **amounts: str) -> None:
    sent = await client.put(f"/v1/pay/{CITY}/{matricule}/2025-06", json=amounts)
    assert sent.status_code == 201


async def test_from_pay_to_the_trace_of_a_line(service: Service, world: World) -> None:
    agent = await world.member("M1")
    await world.elect(agent, "RI_FULL_PAY", "2025-01-01")
    async with hris(service) as client:
        await pay(client, "M1", tib="2113.92", ri="300.00")
        done = await run(client, "june")
        assert done.status_code == 201
        (issued,) = done.json()["statements"]
        assert (issued["number"], issued["lines"], issued["regularisations"]) == (1, 2, 0)
        assert issued["total"] == {"base": "4800.00", "amount": "55.20", "employer": "55.20", "agent": "0.00"}

        statement = (await client.get(f"/v1/statements/{issued['id']}")).json()
        shown = {"number": 1, "siret": CITY, "insurer": "demo-a", "month": "2025-06", "lines": 2, "amount": "55.20"}
        assert statement | shown == statement
        assert list(statement["guarantees"]) == ["BASE", "RI_FULL_PAY"]
        listed = (await client.get("/v1/statements", params={"employer": CITY, "month": "2025-06"})).json()
        assert listed == {"items": [statement], "next": None}
        assert (await client.get("/v1/statements", params={"month": "2025-07"})).json()["items"] == []

        lines = (await client.get(f"/v1/statements/{issued['id']}/lines")).json()["items"]
        asked = {"employer": CITY, "month": "2025-06", "agent": str(agent)}
        assert (await client.get("/v1/contributions", params=asked)).json()["items"] == lines
        assert [(one["guarantee"], one["unresolved"]) for one in lines] == [("BASE", False), ("RI_FULL_PAY", True)]
        base = {"base": "2400.00", "rate": "0.0205", "amount": "49.20", "employer": "49.20", "agent": "0.00"}
        assert lines[0] | base | {"agent_id": str(agent), "siret": CITY, "regularisation": False} == lines[0]

        trace = (await client.get(f"/v1/contributions/{lines[0]['id']}/trace")).json()
        assert (trace["verified"], trace["line"]) == (True, lines[0])
        assert (trace["owed"]["amount"], trace["issued"]["amount"]) == ("49.20", "0.00")
        (part,) = trace["trace"]["steps"][0]["steps"]
        assert part["steps"][0]["steps"][0]["rule"] == "tpp.monthly"


async def test_the_trace_of_a_correction_says_what_was_issued_before(service: Service, world: World) -> None:
    agent = await world.member("M1")
    async with hris(service) as client:
        await pay(client, "M1", tib="2400.00")
        await run(client, "1")
        await world.affiliate(agent, {"start": "2025-01-01", "end": None, "outcome": "DISPENSED"})
        await run(client, "2")
        last = (await client.get("/v1/contributions")).json()["items"][-1]
        trace = (await client.get(f"/v1/contributions/{last['id']}/trace")).json()
    assert trace["verified"]
    assert (trace["owed"]["amount"], trace["issued"]["amount"], last["amount"]) == ("0.00", "49.20", "-49.20")
    assert trace["trace"]["steps"] == []


async def test_a_run_is_asked_for_once_per_key(service: Service, world: World) -> None:
    await world.member("M1")
    async with hris(service) as client:
        await pay(client, "M1", tib="2400.00")
        keyless = await client.post("/v1/runs", json=RUN)
        assert (keyless.status_code, keyless.json()["code"]) == (400, "idempotency_key_missing")
        first = await run(client, "june")
        replayed = await run(client, "june")
        assert (replayed.status_code, replayed.content) == (201, first.content)
        assert replayed.headers["idempotency-replayed"] == "true"
        assert (await run(client, "june", month="2025-07")).status_code == 422
        later = await run(client, "june again")
        assert (later.status_code, later.json()["run"], later.json()["statements"]) == (200, None, [])


async def test_a_dry_run_shows_what_would_be_issued(service: Service, world: World) -> None:
    await world.member("M1")
    await world.hire("M2")
    async with hris(service) as client:
        for matricule in ("M1", "M2", "M3"):
            await pay(client, matricule, tib="2400.00")
        dry = (await run(client, "dry", dry_run=True)).json()
        assert (dry["run"], dry["statements"][0]["number"], dry["statements"][0]["total"]["amount"]) == (
            None,
            None,
            "49.20",
        )
        assert (dry["held_count"], dry["held"][0]["reason"], dry["unknown_agents"]) == (1, "affiliation_unknown", 1)
        assert (await client.get("/v1/statements")).json()["items"] == []


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"employer": "1"}, "/employer"),
        ({"month": "2025-13"}, "/month"),
        ({"dry_run": "yes"}, "/dry_run"),
        ({"colour": "red"}, "/colour"),
    ],
)
async def test_a_malformed_run_is_refused(service: Service, change: dict[str, Any], pointer: str) -> None:
    async with hris(service) as client:
        response = await run(client, "malformed", **change)
    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (422, pointer)


async def test_another_employer_sees_and_runs_nothing(service: Service, world: World) -> None:
    await world.member("M1")
    async with hris(service) as client:
        await pay(client, "M1", tib="2400.00")
        issued = (await run(client, "june")).json()["statements"][0]["id"]
        line = (await client.get("/v1/contributions")).json()["items"][0]["id"]
    async with hris(service, AGGLOMERATION) as other:
        assert (await run(other, "other")).json()["code"] == "employer_not_yours"
        for path in (f"/v1/statements/{issued}", f"/v1/statements/{issued}/lines", f"/v1/contributions/{line}/trace"):
            assert (await other.get(path)).status_code == 404
        for path in ("/v1/statements", "/v1/contributions"):
            assert (await other.get(path)).json()["items"] == []
            assert (await other.get(path, params={"employer": CITY})).json()["items"] == []


async def test_what_does_not_exist_is_not_found(service: Service) -> None:
    async with hris(service) as client:
        for path in (f"/v1/statements/{new_id()}", f"/v1/contributions/{new_id()}/trace"):
            response = await client.get(path)
            assert response.status_code == 404
            assert response.json()["code"].endswith("_not_found")
        assert (await client.get("/v1/statements", params={"cursor": "WyJ4Il0"})).json()["code"] == "cursor"
        assert (await client.get("/v1/statements", params={"month": "2025-6"})).status_code == 422


async def test_lists_are_read_page_by_page(service: Service, world: World) -> None:
    async with hris(service) as client:
        for n in range(5):
            await world.member(f"M{n}")
            await pay(client, f"M{n}", tib=f"{n + 1}000.00")
        await run(client, "june")
        seen: list[str] = []
        following: str | None = "/v1/contributions?limit=2"
        while following:
            page = await client.get(following)
            seen += [line["base"] for line in page.json()["items"]]
            following = page.links["next"]["url"] if "next" in page.links else None
    assert sorted(seen) == ["1000.00", "2000.00", "3000.00", "4000.00", "5000.00"]


async def test_100_identical_runs_at_once_have_one_effect(service: Service, world: World) -> None:
    await world.member("M1")
    async with hris(service) as client:
        await pay(client, "M1", tib="2400.00")
        answers = await asyncio.gather(*(run(client, "june") for _ in range(100)))
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len(await world.rows("SELECT * FROM statement")) == 1
    assert len(await world.events("statement.issued")) == 1


async def test_amounts_beyond_what_a_request_may_hold_are_summed(service: Service, world: World) -> None:
    await world.member("M1")
    async with hris(service) as client:
        await pay(client, "M1", tib="999999999.99", nbi="999999999.99")
        parked = (await run(client, "beyond")).json()
        assert (parked["statements"], parked["parked"][0]["bound"]) == ([], "AGENT_MONTH")
        await world.release()
        (issued,) = (await run(client, "june")).json()["statements"]
        assert issued["total"]["base"] == "1999999999.98"
        line = (await client.get("/v1/contributions")).json()["items"][0]
        assert (await client.get(f"/v1/contributions/{line['id']}/trace")).json()["verified"]
        assert (await client.get(f"/v1/statements/{issued['id']}")).json()["amount"] == "41000000.00"
