"""The committee (art. 7) and the notices (art. 6)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from kit.period import Period
from services.agreements.domain.committee import attendance
from services.agreements.main import create_app
from tests.postgres import ComponentDatabase, DatabaseFactory
from tests.services.agreements.accord import LRSY, NOW
from tests.services.agreements.test_api import CITY, OTHER, WRITE, bring_into_force, published
from tests.services.agreements.test_changes import covered
from tests.services.client import Service, running

URL = f"/v1/agreements/{LRSY}"
CASES = yaml.safe_load((Path(__file__).parent / "golden" / "committee.yaml").read_text(encoding="utf-8"))
MEETING = {"held_on": "2025-03-01", "attendees": ["Mathieu DURQUETY"], "decisions": ["Bilan du premier trimestre."]}
NOTICE = {"insurer": "demo-a", "issued_on": "2025-02-01", "reference": "notice-2025.pdf", "digest": "a" * 64}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_yearly_meeting(case: dict[str, Any]) -> None:
    end = case.get("to")
    effective = Period(date(2025, 1, 1), None if end is None else date.fromisoformat(end))
    held = [date.fromisoformat(day) for day in case["meetings"]]
    seen = attendance(effective, held, date.fromisoformat(case["day"]))
    assert list(seen.missed) == case["missed"]
    assert (None if seen.due is None else seen.due.isoformat()) == case["due"]
    assert case["source"]


@pytest.fixture
async def registry(database: DatabaseFactory) -> ComponentDatabase:
    return await database("agreements")


@pytest.fixture
async def service(registry: ComponentDatabase) -> AsyncIterator[Service]:
    async with running(create_app, registry, NOW) as running_service:
        await bring_into_force(running_service)
        yield running_service


@pytest.fixture
async def staff(service: Service) -> AsyncIterator[httpx.AsyncClient]:
    async with service.caller(*WRITE) as client:
        yield client


async def test_who_sits_and_whom_nobody_sits_for(staff: httpx.AsyncClient) -> None:
    member = {"side": "UNION", "party": "Syndicat SUD CT", "name": "Pascale GROSSEMY", "from": "2025-02-01"}
    for _ in range(2):
        assert (await staff.post(f"{URL}/committee/members", json=member)).status_code == 201
    seen = (await staff.get(f"{URL}/committee")).json()
    assert [m["name"] for m in seen["members"]] == ["Pascale GROSSEMY"]
    assert len(seen["unrepresented"]) == 3
    assert "Syndicat SUD CT" not in seen["unrepresented"]
    assert (await staff.get(f"{URL}/committee", params={"as_of": "2025-01-31"})).json()["members"] == []
    backwards = await staff.post(f"{URL}/committee/members", json={**member, "to": "2025-01-01"})
    assert (backwards.status_code, backwards.json()["errors"][0]["pointer"]) == (422, "/to")


async def test_a_meeting_is_recorded_once(staff: httpx.AsyncClient, registry: ComponentDatabase) -> None:
    answers = [(await staff.post(f"{URL}/committee/meetings", json=MEETING)).status_code for _ in range(2)]
    assert answers == [201, 200]
    other = await staff.post(f"{URL}/committee/meetings", json={**MEETING, "decisions": ["Autre."]})
    assert (other.status_code, other.json()["code"]) == (409, "already_registered")
    events = [e for e in await published(registry) if e["type"].endswith("committee-decision.recorded.v1")]
    assert [e["data"]["held_on"] for e in events] == ["2025-03-01"]
    for day in ("2025-03-11", "2024-12-31"):
        refused = await staff.post(f"{URL}/committee/meetings", json={**MEETING, "held_on": day})
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/held_on")


async def test_who_is_late(staff: httpx.AsyncClient) -> None:
    late = "/v1/agreements/late-committees"
    assert (await staff.get(late, params={"as_of": "2025-12-31"})).json() == []
    assert (await staff.get(late, params={"as_of": "2026-01-01"})).json() == [{"agreement": LRSY, "missed": [2025]}]
    await staff.post(f"{URL}/committee/meetings", json=MEETING)
    assert (await staff.get(late, params={"as_of": "2026-01-01"})).json() == []
    assert (await staff.get("/v1/agreements/unknown/committee")).status_code == 404


async def test_a_notice_is_due_for_whoever_is_covered(staff: httpx.AsyncClient, registry: ComponentDatabase) -> None:
    """Art. 6: to each beneficiary and to every new one."""
    await covered(registry, "a1")
    await covered(registry, "gone", end="2025-01-31")
    assert (await staff.post(f"{URL}/notices", json=NOTICE)).status_code == 201
    assert (await staff.post(f"{URL}/notices", json=NOTICE)).status_code == 200
    await covered(registry, "a2")
    await covered(registry, "a2")
    items = (await staff.get(f"{URL}/notices/waiting")).json()["items"]
    assert [(i["agent"], i["version"], i["due_since"]) for i in items] == [
        ("a1", 1, "2025-02-01"),
        ("a2", 1, "2025-02-01"),
    ]
    first = (await staff.get(f"{URL}/notices/waiting", params={"limit": 1})).json()
    second = (await staff.get(f"{URL}/notices/waiting", params={"limit": 1, "cursor": first["next"]})).json()
    assert [i["agent"] for i in first["items"] + second["items"]] == ["a1", "a2"]


async def test_a_handed_over_notice_has_a_proof_and_is_due_again_when_it_changes(
    staff: httpx.AsyncClient, registry: ComponentDatabase
) -> None:
    """Art. 6: « il en sera de même à chaque modification ultérieure »."""
    await covered(registry, "a1")
    await staff.post(f"{URL}/notices", json=NOTICE)
    body = {"agent": "a1", "employer": CITY, "on": "2025-02-10", "channel": "HAND", "proof": "émargement 12"}
    deliveries = f"{URL}/notices/1/deliveries"
    assert (await staff.post(deliveries, json=body)).status_code == 201
    again = await staff.post(deliveries, json=body)
    assert (again.status_code, again.json()["code"]) == (409, "nobody_waits")
    assert (await staff.get(f"{URL}/notices/waiting")).json()["items"] == []
    assert (await published(registry))[-1]["type"] == "fr.psc.agreements.notice.delivered.v1"
    await staff.post(f"{URL}/notices", json={**NOTICE, "digest": "b" * 64, "issued_on": "2025-03-01"})
    (item,) = (await staff.get(f"{URL}/notices/waiting")).json()["items"]
    assert (item["version"], item["due_since"]) == (2, "2025-03-01")


async def test_what_no_notice_can_be(staff: httpx.AsyncClient, service: Service, registry: ComponentDatabase) -> None:
    foreign = await staff.post(f"{URL}/notices", json={**NOTICE, "insurer": "demo-b"})
    assert (foreign.status_code, foreign.json()["code"]) == (422, "not_an_insurer")
    await covered(registry, "a1")
    await staff.post(f"{URL}/notices", json=NOTICE)
    async with service.caller(*WRITE, employers=[CITY], client="city") as city:
        assert (await city.post(f"{URL}/notices", json=NOTICE)).json()["code"] == "employer_not_yours"
        assert len((await city.get(f"{URL}/notices/waiting")).json()["items"]) == 1
    async with service.caller(*WRITE, employers=["99985002700015"], client="agglo") as agglomeration:
        assert (await agglomeration.get(f"{URL}/notices/waiting")).json()["items"] == []
    async with service.caller(*WRITE, employers=[OTHER], client="other") as stranger:
        assert (await stranger.get(f"{URL}/notices/waiting")).status_code == 404
