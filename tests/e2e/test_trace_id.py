"""One trace id leads from an HRIS's request to the event its insurer reads."""

from __future__ import annotations

import asyncio
import secrets
from datetime import date
from decimal import Decimal
from typing import Any

from relais.api import Api
from relais.demo.hiring import titulaire
from relais.demo.insurer import everything
from relais.demo.world import CITY
from relais.synthetic.files import hire_row
from relais.synthetic.region import draw_agent
from tests.platform import TestPlatform


async def test_the_insurer_s_event_carries_the_trace_of_the_hire(platform: TestPlatform) -> None:
    trace = secrets.token_hex(16)
    agent = await asyncio.to_thread(_hire, platform, trace)
    event = await asyncio.to_thread(_event, platform, agent)
    assert event["traceparent"].split("-")[1] == trace


def _hire(platform: TestPlatform, trace: str) -> str:
    drawn = draw_agent(CITY, f"TRACE-{trace[:8]}", seed=1, today=date(2026, 1, 31), point=Decimal(60))
    body = hire_row(drawn) | {"employment": titulaire("2025-02-01")}
    headers = {"Idempotency-Key": f"hire-{trace}", "traceparent": f"00-{trace}-{secrets.token_hex(8)}-01"}
    with platform.api("demo-hris") as hris:
        return str(hris.send("POST", "/v1/agents", json=body, headers=headers)["id"])


def _event(platform: TestPlatform, agent: str) -> dict[str, Any]:
    def about(insurer: Api) -> dict[str, Any] | None:
        return next((event for event in everything(insurer) if event["data"].get("agent") == agent), None)

    with platform.api("demo-insurer-a") as insurer:
        return insurer.until(lambda: about(insurer), "the insurer's event")
