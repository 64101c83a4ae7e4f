"""Identities and invalidities that turn out otherwise, over HTTP, on a real database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.services.eligibility.conftest import CITY, NOW, OTHER, Eligibility, hire_body
from tests.services.eligibility.test_over_time import cover, hire, outcomes
from tests.services.eligibility.test_several_employers import both

LATER = datetime(2026, 3, 10, 9, 5, tzinfo=UTC)
NIR = "180050000200225"
KEY = {"idempotency-key": "again"}


async def test_who_an_employer_says_the_agent_has_become_is_told_once(
    eligibility: Eligibility,
) -> None:
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
    await eligibility.decide()
    await eligibility.decide()
    told = [(e["employer"], e["data"]["birth_date"], e["data"]["matricules"]) for e in await _changed(eligibility)]
    assert told == [(CITY, "1975-03-02", ["M1"])]
    assert "Nouveau" not in str(await _changed(eligibility))


async def _changed(eligibility: Eligibility) -> list[dict[str, Any]]:
    return sorted(await eligibility.events("agent.changed"), key=lambda event: str(event["employer"]))


async def test_a_definitive_nir_takes_the_place_of_a_provisional_one(eligibility: Eligibility) -> None:
    async with eligibility.hris(CITY) as hris:
        agent = await hire(hris)
        read = await hris.get(f"/v1/agents/{agent}")
        now = await hris.patch(f"/v1/agents/{agent}", json={"nir": NIR}, headers={"if-match": read.headers["etag"]})
        assert (now.status_code, NIR in now.text) == (200, False)
    await eligibility.decide()
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
        assert (await hris.patch(one, json={"withdrawn": True}, headers=etag)).json() == {
            "invalidity": None,
            "warnings": [],
        }
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


async def test_an_invalidity_that_worsens_follows_the_former(eligibility: Eligibility) -> None:
    """The former ends the day before; whichever is known first, and undone when the later one was none."""
    async with eligibility.hris(CITY) as hris:
        agent = await hire(hris)
        path = f"/v1/agents/{agent}/invalidities"
        worse = {"from": "2026-03-01", "cnracl_rate": "0.7000", "pension_net": "1100.00"}
        first = {"from": "2026-01-01", "cnracl_rate": "0.4000", "pension_net": "900.00"}
        former = (await hris.post(path, json=first)).json()["id"]
        later = await hris.post(path, json=worse)
        assert (later.status_code, (await hris.post(path, json=worse)).status_code) == (201, 200)
        assert (await hris.post(path, json=first)).status_code == 200
        same_day = await hris.post(path, json=worse | {"cnracl_rate": "0.8000"})
        assert (same_day.status_code, same_day.json()["code"]) == (422, "invalidity_overlap")
        held = (await hris.get(f"/v1/agents/{agent}")).json()["invalidities"]
        assert [(one["from"], one["to"]) for one in held] == [("2026-01-01", "2026-02-28"), ("2026-03-01", None)]
        eligibility.service.clock.at = LATER
        etag = {"if-match": later.headers["etag"]}
        moved = await hris.patch(f"{path}/{later.json()['id']}", json={"from": "2026-02-01"}, headers=etag)
        etag = {"if-match": moved.headers["etag"]}
        await hris.patch(f"{path}/{later.json()['id']}", json={"withdrawn": True}, headers=etag)
        (left,) = (await hris.get(f"/v1/agents/{agent}")).json()["invalidities"]
        assert (left["id"], left["from"], left["to"]) == (former, "2026-01-01", None)
        before = (await hris.get(f"/v1/agents/{agent}", params={"known_at": NOW.isoformat()})).json()
        assert [one["to"] for one in before["invalidities"]] == ["2026-02-28", None]
    said = [
        (e["type"].split(".")[-2], e["data"]["from"], e["data"]["to"], e["data"]["follows"] == former)
        for e in await _said(eligibility)
    ]
    assert said == [
        ("recognised", "2026-01-01", None, False),
        ("revised", "2026-01-01", "2026-02-28", False),
        ("recognised", "2026-03-01", None, True),
        ("revised", "2026-01-01", "2026-01-31", False),
        ("revised", "2026-02-01", None, True),
        ("withdrawn", "2026-02-01", None, False),
        ("revised", "2026-01-01", None, False),
    ]


async def test_a_former_collective_cover_is_corrected_and_stays_known_as_it_was(eligibility: Eligibility) -> None:
    await eligibility.publish_accord()
    async with eligibility.hris(CITY) as hris:
        agent = await hire(hris, employment={"start": "2020-02-01"})
        await hris.post(f"/v1/agents/{agent}/leaves", json={"kind": "CMO", "start": "2024-12-01", "end": "2025-01-31"})
        await eligibility.decide()
        assert outcomes(await cover(hris, agent))[0] == ("2025-01-01", "DEFERRED")
        read = await hris.get(f"/v1/agents/{agent}")
        path = f"/v1/agents/{agent}/employments/{read.json()['employments'][0]['id']}"
        eligibility.service.clock.at = LATER
        body = {"prior_collective_cover": True}
        unnamed = await hris.patch(path, json=body)
        assert unnamed.status_code == 428
        changed = await hris.patch(path, json=body, headers={"if-match": read.headers["etag"]})
        again = await hris.patch(path, json=body, headers={"if-match": changed.headers["etag"]})
        assert (changed.status_code, again.headers["etag"]) == (200, changed.headers["etag"])
        both = await hris.patch(path, json=body | {"end": "2027-01-01"}, headers={"if-match": again.headers["etag"]})
        assert (both.status_code, both.json()["errors"][0]["code"]) == (422, "one_change")
        await eligibility.decide()
        assert outcomes(await cover(hris, agent)) == [("2025-01-01", "AFFILIATED")]
        said = [await _prior(hris, agent, known_at) for known_at in (NOW, LATER, None)]
        assert said == [False, True, True]
        assert (await hris.post("/v1/agents", json=hire_body(employment={"start": "2020-02-01"}), headers=KEY)).json()[
            "id"
        ] == agent
        eligibility.service.clock.at = LATER + timedelta(minutes=5)
        back = {"prior_collective_cover": False}
        assert (await hris.patch(path, json=back, headers={"if-match": changed.headers["etag"]})).status_code == 200
        said = [await _prior(hris, agent, known_at) for known_at in (NOW, LATER, None)]
        assert said == [False, True, False]


async def _prior(hris: httpx.AsyncClient, agent: str, known_at: datetime | None) -> bool:
    params = {} if known_at is None else {"known_at": known_at.isoformat()}
    (one,) = (await hris.get(f"/v1/agents/{agent}", params=params)).json()["matricules"]
    return bool(one["prior_collective_cover"])
