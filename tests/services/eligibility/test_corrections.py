"""Identities and invalidities that turn out otherwise, over HTTP, on a real database."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.services.eligibility.conftest import CITY, NOW, OTHER, SOCIAL_CENTRE, Eligibility, hire_body
from tests.services.eligibility.test_over_time import hire
from tests.services.eligibility.test_several_employers import both

LATER = datetime(2026, 3, 10, 9, 5, tzinfo=UTC)
NIR = "180050000200225"


async def test_every_employer_is_told_who_the_agent_has_become_once(eligibility: Eligibility) -> None:
    agent = await both(eligibility)
    eligibility.service.clock.at = LATER
    async with eligibility.hris(CITY) as hris:
        read = await hris.get(f"/v1/agents/{agent}")
        body = {"last_name": "Nouveau", "birth_date": "1975-03-02"}
        now = await hris.patch(f"/v1/agents/{agent}", json=body, headers={"if-match": read.headers["etag"]})
        same = await hris.patch(f"/v1/agents/{agent}", json=body, headers={"if-match": now.headers["etag"]})
        assert (now.status_code, now.json()["last_name"], now.json()["birth_date"]) == (200, "Nouveau", "1975-03-02")
        assert same.headers["etag"] == now.headers["etag"]
        before = (await hris.get(f"/v1/agents/{agent}", params={"known_at": NOW.isoformat()})).json()
        assert (before["last_name"], before["birth_date"]) == ("Exemple", "1975-03-01")
        never = await hris.get(f"/v1/agents/{agent}", params={"known_at": "2026-03-10T08:00:00Z"})
        assert never.status_code == 404
    assert await eligibility.events("agent.changed") == []
    await eligibility.decide()
    await eligibility.decide()
    told = [(e["employer"], e["data"]["birth_date"], e["data"]["matricules"]) for e in await _changed(eligibility)]
    assert told == [(CITY, "1975-03-02", ["M1"]), (SOCIAL_CENTRE, "1975-03-02", ["M1"])]
    assert "Nouveau" not in str(await _changed(eligibility))


async def _changed(eligibility: Eligibility) -> list[dict[str, Any]]:
    return sorted(await eligibility.events("agent.changed"), key=lambda event: str(event["employer"]))


async def test_a_definitive_nir_takes_the_place_of_a_provisional_one(eligibility: Eligibility) -> None:
    async with eligibility.hris(CITY) as hris:
        agent = await hire(hris)
        read = await hris.get(f"/v1/agents/{agent}")
        now = await hris.patch(f"/v1/agents/{agent}", json={"nir": NIR}, headers={"if-match": read.headers["etag"]})
        assert (now.status_code, NIR in now.text) == (200, False)
    async with eligibility.hris(OTHER) as other:
        body = hire_body(employer=OTHER, nir=NIR)
        same = await other.post("/v1/agents", json=body, headers={"idempotency-key": "o"})
        someone = await other.post(
            "/v1/agents", json=hire_body(employer=OTHER, matricule="M2"), headers={"idempotency-key": "p"}
        )
        assert same.json()["id"] == agent
        assert someone.json()["id"] != agent
        path, etag = f"/v1/agents/{someone.json()['id']}", {"if-match": someone.headers["etag"]}
        taken = await other.patch(path, json={"nir": NIR}, headers=etag)
    assert (taken.status_code, taken.json()["code"]) == (409, "nir_taken")
    assert NIR not in taken.text


@pytest.mark.parametrize(
    ("body", "code"), [({}, "nothing_to_change"), ({"birth_date": "2025-02-01"}, "before_birth"), ({"nir": "1"}, "nir")]
)
async def test_an_identity_that_cannot_be(eligibility: Eligibility, body: dict[str, Any], code: str) -> None:
    async with eligibility.hris(CITY) as hris:
        agent = await hire(hris)
        etag = {"if-match": (await hris.get(f"/v1/agents/{agent}")).headers["etag"]}
        refused = await hris.patch(f"/v1/agents/{agent}", json=body, headers=etag)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, code)


async def test_an_invalidity_is_revised_and_withdrawn(eligibility: Eligibility) -> None:
    async with eligibility.hris(CITY) as hris:
        agent = await hire(hris)
        path = f"/v1/agents/{agent}/invalidities"
        first = await hris.post(path, json={"from": "2026-01-01", "cnracl_rate": "0.4000", "pension_net": "900.00"})
        eligibility.service.clock.at = LATER
        one = f"{path}/{first.json()['id']}"
        body = {"cnracl_rate": "0.6000", "from": "2026-02-01"}
        revised = await hris.patch(one, json=body, headers={"if-match": first.headers["etag"]})
        same = await hris.patch(one, json=body, headers={"if-match": revised.headers["etag"]})
        assert same.headers["etag"] == revised.headers["etag"]
        now = revised.json()["invalidity"]
        assert (now["from"], now["cnracl_rate"], now["pension_net"]) == ("2026-02-01", "0.6000", "900.00")
        before = (await hris.get(f"/v1/agents/{agent}", params={"known_at": NOW.isoformat()})).json()
        assert before["invalidities"][0]["cnracl_rate"] == "0.4000"
        etag = {"if-match": revised.headers["etag"]}
        assert (await hris.patch(one, json={"withdrawn": True}, headers=etag)).json() == {"invalidity": None}
        etag = {"if-match": (await hris.get(f"/v1/agents/{agent}")).headers["etag"]}
        gone = await hris.patch(one, json={"withdrawn": True}, headers=etag)
        vague = await hris.patch(one, json={}, headers=etag)
    assert (gone.status_code, vague.json()["errors"][0]["code"]) == (404, "one_change")
    said = [(e["type"].split(".")[-2], e["data"]["from"], e["data"]["cnracl_rate"]) for e in await _said(eligibility)]
    assert said == [
        ("recognised", "2026-01-01", "0.4000"),
        ("revised", "2026-02-01", "0.6000"),
        ("withdrawn", "2026-02-01", "0.6000"),
    ]


async def _said(eligibility: Eligibility) -> list[dict[str, Any]]:
    return await eligibility.events("invalidity.")
