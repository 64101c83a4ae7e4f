"""No event of any service tells who a person is, nor why somebody is away."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any

import httpx

from kit.settings import COMPONENTS
from relais.api import Api
from relais.clients import demo_employers
from relais.credentials import service_client
from relais.demo.play import play
from relais.demo.report import Report
from relais.person import export
from relais.synthetic.identity import NO_DEPARTMENT
from tests.platform import TestPlatform

# Fifteen digits of a fictitious NIR, as the demo draws them.
NIR = re.compile(rf"(?<!\d)[12]\d{{4}}{NO_DEPARTMENT}\d{{8}}(?!\d)")
CAUSES = ("TUBERCULOSIS", "MENTAL_ILLNESS", "CANCER", "POLIOMYELITIS", "IMMUNE_DEFICIENCY", "cause", "pathology")
PURPOSE = "RGPD art. 15"
NAMES = ("DÉMONSTRATION", "birth_place", "first_name", "last_name")


async def test_no_event_names_a_person_or_a_cause(platform: TestPlatform) -> None:
    report = Report(lambda _: None)
    await asyncio.to_thread(play, platform.gateway, platform.clients, report)
    for name in COMPONENTS:
        if name == "gateway":
            continue
        events = await asyncio.to_thread(_feed, platform, name)
        text = json.dumps(events, ensure_ascii=False)
        assert events, f"{name} publishes nothing"
        assert NIR.search(text) is None, name
        assert [word for word in (*CAUSES, *NAMES) if word in text] == [], name


async def test_all_that_is_held_of_a_person_is_gathered_and_the_reading_is_on_record(platform: TestPlatform) -> None:
    found = await asyncio.to_thread(_exported, platform)
    agent = found["agent"]
    assert found["file"]["id"] == agent
    assert found["file"]["leaves"]
    employer = found["file"]["employer"]
    assert found["affiliation"][employer]["outcome"] == "AFFILIATED"
    assert found["entitlements"][employer]["periods"]
    for claim in found["claims"]:
        assert claim["agent"] == agent
        assert claim["benefits"]
        assert claim["file"]["claim"] == claim["id"]
    others = {one["agent"] for name in ("claims", "annuities", "capitals") for one in found[name]} - {agent}
    assert others == set()
    assert found["contributions"]
    mine = [one for one in found["accesses"] if one["purpose"] == PURPOSE]
    assert {one["agent"] for one in mine} == {agent}
    assert any(one["path"] == f"/v1/agents/{agent}" for one in mine)
    assert NIR.search(json.dumps(found)) is None


def _exported(platform: TestPlatform) -> dict[str, Any]:
    """Of the agent of a claim, as the staff asks for it."""
    staff = Api(platform.gateway, "demo-staff", platform.clients["demo-staff"], purpose=PURPOSE)
    with staff:
        claims = staff.get("/v1/claims")["items"]
        return export(staff, next(one["agent"] for one in claims if one["employer"] in demo_employers()))


async def test_an_error_repeats_nothing_of_what_was_sent(platform: TestPlatform) -> None:
    nir = "175030058286899"
    answer = await asyncio.to_thread(_refused, platform, {"nir": nir, "last_name": "SECRET", "matricule": nir})
    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert nir not in answer.text
    assert "SECRET" not in answer.text


def _refused(platform: TestPlatform, body: dict[str, str]) -> httpx.Response:
    with platform.api("demo-hris") as hris:
        return hris.respond("POST", "/v1/agents", json=body, headers={"Idempotency-Key": "refused"})


def _feed(platform: TestPlatform, component: str) -> list[dict[str, Any]]:
    """All events of one service, as another component reads them."""
    with platform.api(service_client("gateway")) as reader:
        headers = {"Authorization": f"Bearer {reader.token()}"}
    url = f"{platform.urls[component]}/v1/events?limit=1000"
    events: list[dict[str, Any]] = httpx.get(url, headers=headers, trust_env=False).json()["events"]
    return events
