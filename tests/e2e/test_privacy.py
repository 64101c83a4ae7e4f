"""No event of any service tells who a person is, nor why somebody is away."""

from __future__ import annotations

import asyncio
import json
import re
from datetime import date
from random import Random
from typing import Any

import httpx
import pytest

from kit.settings import COMPONENTS
from relais import erasure
from relais.api import Api, Refused
from relais.clients import demo_employers
from relais.credentials import service_client
from relais.demo.play import play
from relais.demo.report import Report
from relais.errors import CommandError
from relais.person import export
from relais.synthetic.identity import NO_DEPARTMENT, fictitious_nir, fictitious_siret
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
    assert {one["agent"] for one in mine if not one["agents"]} == {agent}
    assert any(one["path"] == "/v1/claims" and one["agents"] for one in mine), "lists that showed it among others"
    assert any(one["path"] == f"/v1/agents/{agent}" for one in mine)
    assert NIR.search(json.dumps(found)) is None


def _exported(platform: TestPlatform) -> dict[str, Any]:
    """Of the agent of a claim, who contributed, as the staff asks for it."""
    staff = Api(platform.gateway, "demo-staff", platform.clients["demo-staff"], purpose=PURPOSE)
    with staff:
        agents = [one["agent"] for one in staff.get("/v1/claims")["items"] if one["employer"] in demo_employers()]
        return export(staff, next(one for one in agents if staff.get("/v1/contributions", agent=one)["items"]))


async def test_a_person_is_erased_everywhere_even_when_it_was_stopped_in_the_middle(platform: TestPlatform) -> None:
    await asyncio.to_thread(_erased, platform)


def _erased(platform: TestPlatform) -> None:
    nir, reason = fictitious_nir(Random(17), 1980, 5), "RGPD art. 17, demande de l'agent"
    hire = {"employer": fictitious_siret(86), "matricule": "RGPD-1", "nir": nir, "birth_date": "1980-05-17"}
    hire |= {"last_name": "Oubliée", "first_name": "Alix"}
    employment = {"kind": "TITULAIRE", "start": "2025-01-01", "weekly_hours": "35.00", "category": "C"}
    with Api(platform.gateway, "demo-staff", platform.clients["demo-staff"], purpose=reason) as staff:
        agent = str(staff.post("/v1/agents", {**hire, "employment": employment}, key="hire-RGPD-1")["id"])
        found = erasure.preview(staff, agent)
        code = erasure.code(found)
        assert any("INTERDIT : L'agent est en poste." in line for line in erasure.told(found))
        with pytest.raises(CommandError, match="rien n'est effacé"):
            erasure.confirm(staff, agent, code, reason, override=False)
        with pytest.raises(CommandError, match="plus à jour"):
            erasure.confirm(staff, agent, code[:-1] + "g", reason, override=True)
        # It stopped after the first service.
        body = {"preview": found["claims"]["preview"], "reason": reason}
        staff.send("POST", "/v1/claims/erasures", params={"agent": agent}, json=body)
        done = erasure.confirm(staff, agent, code, reason, override=True)
        assert {one["reason"] for one in done.values()} == {reason}
        assert erasure.confirm(staff, agent, code, "again", override=True) == done
        assert len(list(erasure.told(done))) == len(erasure.SERVICES)
        with pytest.raises(Refused) as refused:
            export(staff, agent)
        assert (refused.value.status, refused.value.code) == (410, "person_erased")
        assert staff.get("/v1/agents", name="oubliee")["items"] == []
        entries = staff.get("/v1/audit", agent=agent, limit=200)["items"]
        erasing = [one["purpose"] for one in entries if one["method"] == "POST" and one["path"].endswith("/erasures")]
        assert erasing == [reason] * len(erasure.SERVICES)
        lines = list(erasure.told_purges(erasure.purges(staff, dry_run=True), date(2026, 1, 1)))
        assert any(line.startswith("eligibility : proofs d'avant le") for line in lines)
        assert any("durée inconnue, rien n'est purgé" in line for line in lines)


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
