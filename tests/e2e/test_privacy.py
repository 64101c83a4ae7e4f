"""No event of any service tells who a person is, nor why somebody is away."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any

import httpx

from kit.settings import COMPONENTS
from relais.credentials import service_client
from relais.demo.play import play
from relais.demo.report import Report
from relais.synthetic.identity import NO_DEPARTMENT
from tests.platform import TestPlatform

# Fifteen digits of a fictitious NIR, as the demo draws them.
NIR = re.compile(rf"(?<!\d)[12]\d{{4}}{NO_DEPARTMENT}\d{{8}}(?!\d)")
CAUSES = ("TUBERCULOSIS", "MENTAL_ILLNESS", "CANCER", "POLIOMYELITIS", "IMMUNE_DEFICIENCY", "cause", "pathology")
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
