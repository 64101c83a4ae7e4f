"""Departures over HTTP, on a real database: contracts end, and run on when it turns out that nobody left."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.services.eligibility.conftest import CITY, NOW, Eligibility
from tests.services.eligibility.test_over_time import cover, hire, outcomes

RETIRED = {"date": "2026-02-28", "reason": "RETIREMENT"}


async def test_a_retirement_ends_contracts_and_its_withdrawal_restores_them(eligibility: Eligibility) -> None:
    await eligibility.publish_accord()
    async with eligibility.hris(CITY) as hris:
        agent = await hire(hris)
        read = await hris.get(f"/v1/agents/{agent}")
        contract = f"/v1/agents/{agent}/employments/{read.json()['employments'][0]['id']}"
        fewer = {"from": "2026-07-01", "weekly_hours": "20.00"}
        assert (await hris.patch(contract, json=fewer, headers={"if-match": read.headers["etag"]})).status_code == 200
        await eligibility.decide()
        path = f"/v1/agents/{agent}/departures"
        first, again = await hris.post(path, json=RETIRED), await hris.post(path, json=RETIRED)
        other = await hris.post(path, json={**RETIRED, "reason": "RESIGNATION"})
        assert (first.status_code, again.status_code, other.status_code) == (201, 200, 409)
        await eligibility.decide()
        assert outcomes(await cover(hris, agent)) == [("2025-02-01", "AFFILIATED"), ("2026-03-01", "ENDED")]
        eligibility.service.clock.at = datetime(2026, 3, 10, 9, 5, tzinfo=UTC)
        one = f"{path}/{first.json()['id']}"
        assert (await hris.delete(one)).status_code == 428
        gone = await hris.delete(one, headers={"if-match": first.headers["etag"]})
        assert gone.status_code == 204
        missing = await hris.delete(one, headers={"if-match": gone.headers["etag"]})
        assert (missing.status_code, missing.json()["code"]) == (404, "fact_not_found")
        await eligibility.decide()
        assert outcomes(await cover(hris, agent)) == [("2025-02-01", "AFFILIATED")]
        now = (await hris.get(f"/v1/agents/{agent}")).json()
        assert [s["weekly_hours"] for s in now["employments"][0]["spells"]] == ["35.00", "20.00"]
        assert (now["employments"][0]["end"], now["departures"]) == (None, [])
        before = (await hris.get(f"/v1/agents/{agent}", params={"known_at": NOW.isoformat()})).json()
        assert (before["employments"][0]["end"], before["departures"][0]["reason"]) == ("2026-02-28", "RETIREMENT")
    events = [*await eligibility.events("agent.left"), *await eligibility.events("agent.departure-withdrawn")]
    said = [(e["type"].split(".")[-2], e["data"]["date"], e["data"]["reason"]) for e in events]
    assert said == [("left", "2026-02-28", "RETIREMENT"), ("departure-withdrawn", "2026-02-28", "RETIREMENT")]


async def test_who_left_may_come_back_under_the_same_matricule(eligibility: Eligibility) -> None:
    await eligibility.publish_accord()
    async with eligibility.hris(CITY) as hris:
        agent = await hire(hris)
        left = await hris.post(f"/v1/agents/{agent}/departures", json={"date": "2025-12-31", "reason": "TRANSFER"})
        back = {"kind": "TITULAIRE", "category": "C", "start": "2026-02-01", "weekly_hours": "35"}
        assert (await hris.post(f"/v1/agents/{agent}/employments", json=back)).status_code == 201
        await eligibility.decide()
        assert outcomes(await cover(hris, agent)) == [
            ("2025-02-01", "AFFILIATED"),
            ("2026-01-01", "ENDED"),
            ("2026-02-01", "AFFILIATED"),
        ]
        etag = {"if-match": (await hris.get(f"/v1/agents/{agent}")).headers["etag"]}
        refused = await hris.delete(f"/v1/agents/{agent}/departures/{left.json()['id']}", headers=etag)
    assert (refused.status_code, refused.json()["code"]) == (422, "contract_overlap")


async def test_who_leaves_a_long_contract_early_was_covered_from_arrival(eligibility: Eligibility) -> None:
    """A CDD of a year opens cover at once (art. 3); a resignation after three months takes nothing back."""
    await eligibility.publish_accord()
    year = {"kind": "CONTRACTUEL_PUBLIC", "contract": "CDD", "end": "2026-01-31", "titular": None}
    async with eligibility.hris(CITY) as hris:
        agent = await hire(hris, employment=year)
        await eligibility.decide()
        left = await hris.post(f"/v1/agents/{agent}/departures", json={"date": "2025-04-30", "reason": "RESIGNATION"})
        assert left.status_code == 201
        await eligibility.decide()
        assert outcomes(await cover(hris, agent)) == [("2025-02-01", "AFFILIATED"), ("2025-05-01", "ENDED")]


async def test_a_contract_changed_since_is_put_right_by_hand(eligibility: Eligibility) -> None:
    async with eligibility.hris(CITY) as hris:
        agent = await hire(hris)
        left = await hris.post(f"/v1/agents/{agent}/departures", json=RETIRED)
        employment = (await hris.get(f"/v1/agents/{agent}")).json()["employments"][0]["id"]
        path = f"/v1/agents/{agent}/employments/{employment}"
        moved = await hris.patch(path, json={"end": "2026-01-31"}, headers={"if-match": left.headers["etag"]})
        etag = {"if-match": moved.headers["etag"]}
        refused = await hris.delete(f"/v1/agents/{agent}/departures/{left.json()['id']}", headers=etag)
    assert (refused.status_code, refused.json()["code"]) == (409, "contract_changed_since")


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        ({"date": "2025-01-31"}, "not_employed", "/date"),
        ({"reason": "BORED"}, "enum", "/reason"),
        ({"employer": "99985006800019"}, "not_employed", "/employer"),
    ],
)
async def test_a_departure_that_cannot_be(
    eligibility: Eligibility, change: dict[str, Any], code: str, pointer: str
) -> None:
    async with eligibility.hris(CITY) as hris:
        agent = await hire(hris)
        refused = await hris.post(f"/v1/agents/{agent}/departures", json=RETIRED | change)
    (error,) = refused.json()["errors"]
    assert (refused.status_code, error["code"], error["pointer"]) == (422, code, pointer)


async def test_a_long_contract_that_ends_early_says_what_was_agreed(eligibility: Eligibility) -> None:
    """With the day agreed its end takes nothing back (art. 3); an end alone says that it was never so long."""
    await eligibility.publish_accord()
    year = {"kind": "CONTRACTUEL_PUBLIC", "contract": "CDD", "end": "2026-01-31", "titular": None}
    early = {"end": "2025-04-30", "agreed_end": "2026-01-31"}
    async with eligibility.hris(CITY) as hris:
        agent = await hire(hris, employment=year)
        read = await hris.get(f"/v1/agents/{agent}")
        contract, etag = f"/v1/agents/{agent}/employments/{read.json()['employments'][0]['id']}", read.headers["etag"]
        odd = await hris.patch(contract, json={**early, "agreed_end": early["end"]}, headers={"if-match": etag})
        assert (odd.status_code, odd.json()["errors"][0]["pointer"]) == (422, "/agreed_end")
        put_right = {"end": "2025-04-30"}
        for change, agreed, opened in ((early, "2026-01-31", "AFFILIATED"), (put_right, None, "NOT_YET_ELIGIBLE")):
            done = await hris.patch(contract, json=change, headers={"if-match": etag})
            assert (done.status_code, done.json()["end"], done.json()["agreed_end"]) == (200, "2025-04-30", agreed)
            await eligibility.decide()
            assert outcomes(await cover(hris, agent)) == [("2025-02-01", opened), ("2025-05-01", "ENDED")]
            etag = done.headers["etag"]
