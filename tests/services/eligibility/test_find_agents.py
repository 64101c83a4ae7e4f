"""Agents are found by their last name, and many of them read in one call."""

from __future__ import annotations

from kit.db.database import count_statements
from tests.services.eligibility.conftest import CITY, OTHER, Eligibility, hire_body
from tests.services.eligibility.test_agents_bulk import hires, send

WRITTEN = ("Le Gall", "LE-GALL", "legall", "Lé Gall")


async def test_a_last_name_is_found_whole_however_it_is_written(eligibility: Eligibility) -> None:
    one, other = hires(2)
    async with eligibility.hris(CITY) as hris:
        await send(hris, [one | {"last_name": "LE GALL", "first_name": "Anna"}, other | {"last_name": "LE GALLOIS"}])
        found = [(await hris.get("/v1/agents", params={"name": name})).json()["items"] for name in WRITTEN]
        nobody = (await hris.get("/v1/agents", params={"name": "Le"})).json()["items"]
    assert [[(row["last_name"], row["first_name"]) for row in rows] for rows in found] == [[("LE GALL", "Anna")]] * 4
    assert nobody == []


async def test_a_corrected_name_is_found_and_the_former_is_not(eligibility: Eligibility) -> None:
    async with eligibility.hris(CITY) as hris:
        hired = await hris.post("/v1/agents", json=hire_body(last_name="MARTIN"), headers={"idempotency-key": "k"})
        where = f"/v1/agents/{hired.json()['id']}"
        changed = await hris.patch(where, json={"last_name": "BERNARD"}, headers={"if-match": hired.headers["etag"]})
        rows = [(await hris.get("/v1/agents", params={"name": one})).json()["items"] for one in ("martin", "bernard")]
    assert changed.status_code == 200, changed.text
    assert [len(found) for found in rows] == [0, 1]


async def test_another_employer_finds_nobody_by_that_name(eligibility: Eligibility) -> None:
    async with eligibility.hris(CITY) as hris, eligibility.hris(OTHER) as stranger:
        hired = await hris.post("/v1/agents", json=hire_body(last_name="MARTIN"), headers={"idempotency-key": "k"})
        by_name = (await stranger.get("/v1/agents", params={"name": "MARTIN"})).json()["items"]
        by_id = (await stranger.get("/v1/agents", params={"agent": hired.json()["id"]})).json()["items"]
    assert (by_name, by_id) == ([], [])


async def test_many_are_read_in_as_many_statements_as_one(eligibility: Eligibility) -> None:
    async with eligibility.hris(CITY) as hris:
        ids = [item["id"] for item in await send(hris, hires(20))]
        sent = []
        for wanted in (ids[:1], ids):
            async with count_statements(eligibility.service.app.state.db) as statements:
                answer = await hris.get("/v1/agents", params={"agent": wanted, "limit": 50})
            sent.append(statements.total)
            assert {row["id"] for row in answer.json()["items"]} == set(wanted)
            assert set(answer.headers["relais-agent"].split(",")) == set(wanted), "the audit trail names them"
    assert sent[0] == sent[1]
