"""A file is one upload and many persons: each of them is found in the audit trail, with who sent it and why."""

from __future__ import annotations

import asyncio
import json
import secrets
from datetime import date
from decimal import Decimal
from typing import Any

from relais.api import Api
from relais.demo.hiring import titulaire
from relais.demo.world import CITY
from relais.synthetic.files import hire_row
from relais.synthetic.region import draw_agent
from tests.platform import TestPlatform

WHY = "Reprise du fichier du personnel"


async def test_everybody_in_a_file_is_found_in_the_audit_trail(platform: TestPlatform) -> None:
    await asyncio.to_thread(_imported_and_found, platform)


def _imported_and_found(platform: TestPlatform) -> None:
    mark = secrets.token_hex(4)
    people = [draw_agent(CITY, f"{mark}-{n}", seed=n + 7, today=date(2026, 1, 31), point=Decimal(60)) for n in range(3)]
    hires = [hire_row(one) | {"employment": titulaire("2025-02-01")} for one in people]
    with platform.api("demo-hris") as hris, platform.api("demo-staff") as staff:
        _send(hris, "agents", hires)
        agents = [hris.get("/v1/agents", matricule=one["matricule"])["items"][0]["id"] for one in hires]
        for agent in agents:
            _check(staff, agent, "agents", 3)
        hris.until(lambda: _send_pay(hris, hires, staff, agents), "pay whose agents are known")


def _send_pay(hris: Api, hires: list[dict[str, Any]], staff: Api, agents: list[str]) -> bool:
    """Whether contributions knew them already."""
    month = {"employer": CITY, "month": "2026-01", "tib": "2000.00"}
    _send(hris, "pay", [month | {"matricule": one["matricule"]} for one in hires])
    return all(_entry(staff, agent, "pay") is not None for agent in agents)


def _send(hris: Api, kind: str, rows: list[dict[str, Any]]) -> None:
    content = "".join(json.dumps(row) + "\n" for row in rows).encode()
    headers = {"content-type": "application/jsonl", "x-purpose": WHY, "x-acting-employer": CITY}
    job = hris.send("POST", f"/v1/imports/{kind}", content=content, headers=headers)["id"]
    done = hris.until(lambda: _done(hris, f"/v1/imports/{kind}/{job}"), "the import")
    assert (done["state"], done["rejected"]) == ("done", 0)


def _done(hris: Api, path: str) -> dict[str, Any] | None:
    job: dict[str, Any] = hris.get(path)
    return job if job["state"] in {"done", "failed"} else None


def _check(staff: Api, agent: str, kind: str, agents: int) -> None:
    entry = staff.until(lambda: _entry(staff, agent, kind), "the entry of the import")
    assert (entry["client"], entry["acting"], entry["agents"]) == ("demo-hris", CITY, agents)
    uploads = staff.get("/v1/audit", client="demo-hris", order="newest", changes=True, limit=200)["items"]
    (upload,) = [one for one in uploads if one["trace"] == entry["trace"] and one["method"] == "POST"]
    assert (upload["path"], upload["purpose"]) == (f"/v1/imports/{kind}", WHY)


def _entry(staff: Api, agent: str, kind: str) -> dict[str, Any] | None:
    found = staff.get("/v1/audit", agent=agent, changes=True, order="newest")["items"]
    return next((one for one in found if one["path"].startswith(f"/v1/imports/{kind}/")), None)
