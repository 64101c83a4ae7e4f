"""The same thing said twice is said once, in any order and at any speed."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from kit.db.database import Scope
from tests.services.eligibility.conftest import CITY, Eligibility, hire_body


async def count(eligibility: Eligibility, table: str) -> int:
    async with eligibility.database.worker.transaction(Scope.all()) as tx:
        return int((await tx.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one())


async def hire(hris: httpx.AsyncClient, key: str, **changes: Any) -> httpx.Response:
    return await hris.post("/v1/agents", json=hire_body(**changes), headers={"idempotency-key": key})


async def test_the_same_key_gives_the_same_answer_another_body_is_refused(eligibility: Eligibility) -> None:
    async with eligibility.hris(CITY) as hris:
        first, again = await hire(hris, "k"), await hire(hris, "k")
        other = await hire(hris, "k", first_name="Ana")
    assert (again.status_code, again.content, again.headers["idempotency-replayed"]) == (201, first.content, "true")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert await count(eligibility, "agent") == 1


async def test_the_natural_key_makes_a_hire_safe_under_another_key(eligibility: Eligibility) -> None:
    async with eligibility.hris(CITY) as hris:
        first, again = await hire(hris, "a"), await hire(hris, "b")
        other = await hire(hris, "c", employment={"weekly_hours": "20.00"})
        somebody = await hire(hris, "d", nir="180050000200225")
    assert (first.status_code, again.status_code, first.json()["id"]) == (201, 200, again.json()["id"])
    for refused in (other, somebody):
        assert (refused.status_code, refused.json()["code"]) == (409, "matricule_taken")
    assert await count(eligibility, "agent") == 1
    assert len(await eligibility.events("agent.hired")) == 1


async def test_a_hire_sent_again_after_a_change_is_still_the_same_hire(eligibility: Eligibility) -> None:
    async with eligibility.hris(CITY) as hris:
        first = await hire(hris, "a")
        employment = first.json()["employments"][0]["id"]
        path = f"/v1/agents/{first.json()['id']}/employments/{employment}"
        fewer = {"from": "2026-01-01", "weekly_hours": "20.00"}
        assert (await hris.patch(path, json=fewer, headers={"if-match": first.headers["etag"]})).status_code == 200
        again = await hire(hris, "b")
    assert (again.status_code, len(again.json()["employments"][0]["spells"])) == (200, 2)


async def test_a_hundred_hires_at_once_make_one_agent(eligibility: Eligibility) -> None:
    async with eligibility.hris(CITY) as hris:
        answers = await asyncio.gather(*(hire(hris, f"k{n}") for n in range(100)))
    assert sorted(answer.status_code for answer in answers) == [200] * 99 + [201]
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len(await eligibility.events("agent.hired")) == 1


async def test_one_matricule_two_persons_at_once(eligibility: Eligibility) -> None:
    async with eligibility.hris(CITY) as hris:
        answers = await asyncio.gather(
            *(hire(hris, f"k{n}", nir=nir) for n, nir in enumerate(["275038500100158", "180050000200225"] * 10))
        )
    codes = sorted(answer.status_code for answer in answers)
    assert codes == [200] * 9 + [201] + [409] * 10
    assert await count(eligibility, "person") == 1


async def test_fifty_changes_with_one_etag_one_is_done(eligibility: Eligibility) -> None:
    async with eligibility.hris(CITY) as hris:
        first = await hire(hris, "a")
        path = f"/v1/agents/{first.json()['id']}/employments/{first.json()['employments'][0]['id']}"
        version = {"if-match": first.headers["etag"]}
        body = {"from": "2026-01-01", "weekly_hours": "20.00"}
        answers = await asyncio.gather(*(hris.patch(path, json=body, headers=version) for _ in range(50)))
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 49


@pytest.mark.parametrize(
    ("path", "body", "table"),
    [
        ("leaves", {"kind": "CMO", "start": "2026-02-01", "end": "2026-02-07"}, "leave_entry"),
        ("options", {"guarantee": "DEATH", "from": "2026-01-01"}, "option_election"),
        ("invalidities", {"from": "2026-01-01", "cnracl_rate": "0.4", "pension_net": "900.00"}, "invalidity"),
        (
            "employments",
            {
                "kind": "CONTRACTUEL_PUBLIC",
                "contract": "CDI",
                "start": "2026-01-01",
                "weekly_hours": "5",
                "contract_number": "2",
            },
            "employment",
        ),
    ],
)
async def test_a_fact_sent_twice_is_one_fact(
    eligibility: Eligibility, path: str, body: dict[str, Any], table: str
) -> None:
    async with eligibility.hris(CITY) as hris:
        agent = (await hire(hris, "a")).json()["id"]
        before = await count(eligibility, table)
        answers = await asyncio.gather(*(hris.post(f"/v1/agents/{agent}/{path}", json=body) for _ in range(10)))
    assert sorted(answer.status_code for answer in answers) == [200] * 9 + [201]
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert await count(eligibility, table) == before + 1


async def test_a_renewal_sent_twice_is_one_renewal(eligibility: Eligibility) -> None:
    async with eligibility.hris(CITY) as hris:
        agent = (await hire(hris, "a")).json()["id"]
        start = {"kind": "CMO", "start": "2026-02-01", "end": "2026-02-07"}
        leave = (await hris.post(f"/v1/agents/{agent}/leaves", json=start)).json()["id"]
        path = f"/v1/agents/{agent}/leaves/{leave}/extensions"
        renewal = {"start": "2026-02-08", "end": "2026-02-20"}
        first, again = await hris.post(path, json=renewal), await hris.post(path, json=renewal)
        stop_again = await hris.post(f"/v1/agents/{agent}/leaves", json=start)
    assert (first.status_code, again.status_code, stop_again.status_code) == (201, 200, 200)
    assert [entry["end"] for entry in stop_again.json()["entries"]] == ["2026-02-07", "2026-02-20"]
    assert await eligibility.names() == ["agent.hired", "sick-leave.started", "sick-leave.extended"]


async def test_ten_workers_at_once_decide_and_tell_once(eligibility: Eligibility) -> None:
    await eligibility.publish_accord()
    async with eligibility.hris(CITY) as hris:
        for number in range(12):
            nir = f"2750385001{number:03d}"
            await hire(hris, f"k{number}", matricule=f"M{number}", nir=nir + key_of(nir))
    await asyncio.gather(*(eligibility.decide() for _ in range(10)))
    await eligibility.decide()
    assert len(await eligibility.events("affiliation.started")) == 12
    assert await count(eligibility, "decision") == 12


def key_of(nir: str) -> str:
    """The two digits that close a NIR."""
    return f"{97 - int(nir) % 97:02d}"
