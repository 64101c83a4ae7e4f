"""The demo data, sent through the gateway as a centre de gestion and an HRIS send it. Sent twice, it is there once."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from gateway.adapters import platform_state
from gateway.application.readiness import DEMO_LOADED, mark_demo_loaded
from kit.clock import SystemClock
from kit.db.database import Database, Scope
from kit.period import Month
from relais.api import Api
from relais.clients import demo_employers, document
from relais.synthetic.files import hire_row, pay_row
from relais.synthetic.region import Agent, draw_agent

ACCORD = "la-roche-sur-yon-2025"
SCHEME = "pays-de-la-loire-2024"
POPULATION = 12
SEED = 85
SEEN_ON = date(2026, 1, 31)


@dataclass(frozen=True, slots=True)
class Seed:
    """What loading the demo data needs: the gateway and the clients that speak to it."""

    gateway: str
    clients: Mapping[str, str]
    point: Decimal

    def load(self) -> None:
        """Organisations, scheme, accord, then a few agents with a month of pay."""
        with Api(self.gateway, "demo-staff", self.clients["demo-staff"]) as staff:
            load_accord(staff)
        with Api(self.gateway, "demo-hris", self.clients["demo-hris"]) as hris:
            load_population(hris, self.point)


def load_accord(staff: Api) -> None:
    """Register what the accord stands on, then the accord itself, signed and published."""
    for organisation in document("organisations")["organisations"]:
        staff.post("/v1/organisations", organisation)
    staff.post("/v1/schemes", document(SCHEME))
    staff.post("/v1/agreements", document(ACCORD))
    staff.post(f"/v1/agreements/{ACCORD}/sign", None)
    staff.post(f"/v1/agreements/{ACCORD}/publish", None)


def load_population(hris: Api, point: Decimal) -> None:
    """Hire the demo's agents and send one month of their pay."""
    send_population(hris, population(point))


def send_population(hris: Api, agents: Sequence[Agent]) -> None:
    """Hire these agents and send one month of their pay."""
    for agent in agents:
        hris.post("/v1/agents", hire_body(agent), key=f"seed-{agent.employer}-{agent.matricule}")
    month = Month.of(SEEN_ON)
    for agent in agents:
        row = pay_row(agent, month)
        employer, matricule, month_text = row.pop("employer"), row.pop("matricule"), row.pop("month")
        hris.put(f"/v1/pay/{employer}/{matricule}/{month_text}", row)


def population(point: Decimal) -> list[Agent]:
    """The demo's agents, spread over the employers of the accord; the same each time."""
    employers = sorted(demo_employers())
    return [
        draw_agent(employers[n % len(employers)], f"R{n + 1:04d}", seed=SEED, today=SEEN_ON, point=point)
        for n in range(POPULATION)
    ]


def hire_body(agent: Agent) -> dict[str, Any]:
    """The request that hires a synthetic agent."""
    return hire_row(agent)


async def is_loaded(gateway_database: Database) -> bool:
    async with gateway_database.transaction(Scope.none()) as tx:
        return await platform_state.get(tx, DEMO_LOADED) is not None


async def load_once(seed: Seed, gateway_database: Database) -> bool:
    """Load the demo data unless it is in, and let the gateway call itself ready; whether there was something to do."""
    if await is_loaded(gateway_database):
        return False
    await asyncio.to_thread(seed.load)
    async with gateway_database.transaction(Scope.all()) as tx:
        await mark_demo_loaded(tx, SystemClock())
    return True
