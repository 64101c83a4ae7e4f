"""Pages of the dashboard on a region, each beside the bare call of the API that it shows.

    python -m tests.bench.dashboard [--agents 75000] [--rounds 40] [--settle 3600]

The whole platform runs in this one process, the browser's part is not counted, and who asks is in it too: what is
printed is more than an installation of several processes takes. The region is the generator's, its agents and leaves
imported through the gateway with a month of pay, and covered by an accord that binds its employers. The goal is of each
page, p95; the effect of an accord in euros has none: a page of many employers works it out only when it is asked for.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import re
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import ceil
from pathlib import Path
from typing import Any, Final

import httpx
import uvloop

from kit import logs
from kit.settings import COMPONENTS
from relais.clients import document
from relais.persons import MANAGER
from relais.synthetic.files import Order, write_region
from tests.bench.eligibility_world import AGENTS_AN_EMPLOYER
from tests.bench.events import show, verdict
from tests.platform import PASSWORD, TestPlatform, running_platform

GOAL_MS: Final = 300.0
ACCORD: Final = "region"
MODEL: Final = "la-roche-sur-yon-2025"
MONTH: Final = "2026-05"
# Before the accord there was nothing: what all of it costs is the most that a comparison has to price.
BEFORE: Final = "2024-12-31"
DAY: Final = "2026-06-30"
STEADY_S, PATIENCE_S, TIMEOUT_S, RENEWED_S = 10.0, 600.0, 600.0, 300.0
CASES: Final = 50  # of so many claims one was decided
ASKED_FOR: Final = 5  # rounds of what takes seconds
SIMULATION: Final = "regime=CNRACL&category=C&tib=2067.57&nbi=73.84&ri=300.00&kind=CMO&start=2026-02-01&end=2026-12-31"


class Failed(Exception):
    """A page or a call answered with an error."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A page: what it is called, its address, the call of the API beside it (with a body: posted), and its goal.

    No call where the page is a question of its own.
    """

    name: str
    page: str
    call: str = ""
    body: dict[str, str] | None = None
    goal: float | None = GOAL_MS


def pages(case: dict[str, Any], matricule: str, decision: str) -> tuple[Shown, ...]:
    """Those measured; `case` is the claim of an agent with this matricule, `decision` one about it."""
    agent, claim, of_accord = case["agent"], case["id"], f"/v1/agreements/{ACCORD}"
    days = {"agreement": ACCORD, "month": MONTH, "before": BEFORE, "after": DAY}
    return (
        Shown("work list", "/app", "/v1/work-items?limit=50"),
        Shown("agents", "/app/agents", "/v1/agents?limit=50"),
        Shown("search", f"/app/search?q={matricule}", f"/v1/agents?matricule={matricule}"),
        Shown("agent", f"/app/agents/{agent}", f"/v1/agents/{agent}"),
        Shown("claims", "/app/claims", "/v1/claims?limit=50"),
        Shown("claim", f"/app/claims/{claim}", f"/v1/claims/{claim}"),
        *((Shown("decision", f"/app/decisions/{decision}", f"/v1/decisions/{decision}"),) if decision else ()),
        Shown("overpayments", "/app/overpayments", "/v1/overpayments?limit=50"),
        Shown("runs", f"/app/runs?month={MONTH}", f"/v1/runs/overview?month={MONTH}"),
        Shown("statements", "/app/statements", "/v1/statements?limit=50"),
        Shown("accord", f"/app/agreements/{ACCORD}", of_accord),
        Shown("map of accords", f"/app/agreements/map?date={DAY}", f"/v1/agreements/map?as_of={DAY}&each=12"),
        Shown("parties", f"/app/agreements/parties?date={DAY}", f"/v1/agreements/parties?as_of={DAY}&limit=50"),
        Shown(
            "two days of it",
            f"/app/agreements/{ACCORD}?left={BEFORE}&right={DAY}",
            f"{of_accord}/comparison?before={BEFORE}&after={DAY}",
        ),
        Shown(
            "with the effect",
            f"/app/agreements/{ACCORD}?left={BEFORE}&right={DAY}&effect=1",
            "/v1/simulations/contributions/terms/days",
            days,
            goal=None,
        ),
        Shown("simulator", f"/app/simulator?{SIMULATION}"),
        Shown("steering", "/app/steering?year=2026", "/v1/statistics/cover"),
        Shown("integration", "/app/integration", "/v1/integrations"),
        Shown("delegations", "/app/delegations", "/v1/delegations?limit=50"),
        Shown("accounts", "/app/admin/users", "/v1/users?limit=50"),
        Shown("audit", "/app/admin/audit", "/v1/audit?limit=50&order=newest"),
    )


async def load(platform: TestPlatform, staff: httpx.AsyncClient, agents: int, settle_s: float) -> None:
    """The region, until nothing changes any more or the time for it is over, which is said."""
    folder = Path(tempfile.mkdtemp(prefix="relais-bench-"))
    try:
        order = Order(max(1, agents // AGENTS_AN_EMPLOYER), agents, 1, date(2026, 6, 30), Decimal("59.0734"))
        write_region(order, folder)
        table = (folder / "employers.csv").read_text(encoding="utf-8").splitlines()[1:]
        await asyncio.to_thread(_bind, platform, [row.split(",")[0] for row in table])
        for name in ("agents", "pay", "leaves"):
            await _import(staff, name, (folder / f"{name}.jsonl").read_bytes())
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    await _steady(staff, settle_s)


def _bind(platform: TestPlatform, employers: list[str]) -> None:
    """An accord like the demonstration's, for these employers."""
    model = document(MODEL)
    one: dict[str, Any] = model["employers"][0]
    bound = [one | {"siret": siret, "name": f"Commune {siret}"} for siret in employers]
    mayor: dict[str, Any] = next(one for one in model["signatories"] if one["side"] == "EMPLOYER")
    unions = [one for one in model["signatories"] if one["side"] != "EMPLOYER"]
    signing = [*(mayor | {"party": one["name"]} for one in bound), *unions]
    with platform.api("demo-staff", patience=PATIENCE_S) as staff:
        staff.post("/v1/agreements", {**model, "agreement": ACCORD, "employers": bound, "signatories": signing})
        for step in ("sign", "publish"):
            staff.post(f"/v1/agreements/{ACCORD}/{step}", None)


async def _import(staff: httpx.AsyncClient, name: str, content: bytes) -> None:
    headers = {"content-type": "application/jsonl"}
    sent = await staff.post(f"/v1/imports/{name}", content=content, headers=headers)
    sent.raise_for_status()
    started = time.monotonic()
    while True:
        job = (await staff.get(sent.headers["location"])).json()
        if job["state"] not in {"receiving", "waiting", "running"}:
            break
        await asyncio.sleep(1)
    show(f"{name} imported", f"{time.monotonic() - started:,.0f} s", str(job["state"]))


async def _steady(staff: httpx.AsyncClient, settle_s: float) -> None:
    """Until no component is behind another, and what was made of it has not moved for a while."""
    before, since, started = "", time.monotonic(), time.monotonic()
    steady = False
    while not steady and time.monotonic() - started < settle_s:
        covered = sum(row["agents"] for row in (await staff.get("/v1/statistics/cover")).json()["covered"])
        counts = (await staff.get("/v1/work-items", params={"limit": 1})).json()["counts"]
        behind = await _unread(staff)
        now = f"{covered:,} covered, {sum(counts.values()):,} work items, {behind:,} events unread"
        if now != before:
            before, since = now, time.monotonic()
        steady = behind == 0 and time.monotonic() - since >= STEADY_S
        await asyncio.sleep(1)
    show("settled after" if steady else "not settled after", f"{time.monotonic() - started:,.0f} s", before)


async def _unread(staff: httpx.AsyncClient) -> int:
    """How many events components have still to read of each other."""
    told = {name: (await staff.get(f"/v1/exchanges/{name}")).json() for name in COMPONENTS}
    ends = {name: one["position"] or 0 for name, one in told.items()}
    readers = [reader for one in told.values() for reader in one["consumers"]]
    waiting = sum(int(one["unsequenced"]) for one in told.values())
    return waiting + sum(max(0, int(ends[one["producer"]]) - int(one["position"] or 0)) for one in readers)


@asynccontextmanager
async def browser_of(gateway: str) -> AsyncIterator[httpx.AsyncClient]:
    """The manager's, signed in."""
    async with httpx.AsyncClient(base_url=gateway, trust_env=False, timeout=TIMEOUT_S) as http:
        token = re.search(r'name="csrf" value="([0-9a-f]+)"', (await http.get("/app/sign-in")).text)
        assert token is not None, "the form has its token"
        answer = await http.post("/app/sign-in", data={"csrf": token[1], "login": MANAGER, "password": PASSWORD})
        assert answer.is_redirect, answer.status_code
        yield http


async def p95(http: httpx.AsyncClient, path: str, rounds: int, body: dict[str, str] | None = None) -> float:
    """Milliseconds; the first answer of each is not counted. Raises Failed for what is answered with an error."""
    took: list[float] = []
    for _ in range(rounds + 1):
        started = time.perf_counter()
        answer = await (http.get(path) if body is None else http.post(path, json=body))
        took.append((time.perf_counter() - started) * 1000)
        if answer.is_error:  # a search that finds one opens it at once: a redirect is none
            raise Failed(f"HTTP {answer.status_code} after {took[-1]:,.0f} ms")
    return sorted(took[1:])[ceil(0.95 * rounds) - 1]


async def measure(agents: int, rounds: int, settle_s: float) -> bool:
    """Whether every page met its goal."""
    async with running_platform() as platform:
        logs.configure("bench", logging.ERROR)  # what is printed is the figures
        hooks: dict[str, list[Any]] = {"request": [_Bearer(platform)]}
        async with httpx.AsyncClient(
            base_url=platform.gateway, event_hooks=hooks, trust_env=False, timeout=TIMEOUT_S
        ) as api:
            await load(platform, api, agents, settle_s)
            shown = pages(*await _a_case(api))
            async with browser_of(platform.gateway) as browser:
                return all([await _measured(one, browser, api, rounds) for one in shown])


async def _a_case(api: httpx.AsyncClient) -> tuple[dict[str, Any], str, str]:
    """A claim that was decided where there is one, its agent's matricule, and the decision."""
    claims = (await api.get("/v1/claims", params={"limit": 200})).json()["items"]
    case, decision = claims[0], ""
    for one in claims[:CASES]:
        benefits = (await api.get("/v1/benefits", params={"claim": one["id"], "limit": 1})).json()["items"]
        if benefits:
            case, decision = one, benefits[0]["decision"]
            break
    matricule = (await api.get(f"/v1/agents/{case['agent']}")).json()["matricules"][0]["matricule"]
    return case, matricule, decision


async def _measured(one: Shown, browser: httpx.AsyncClient, api: httpx.AsyncClient, rounds: int) -> bool:
    """Prints a page beside its call; whether it met its goal, if it has one. One that fails does not end the rest."""
    times = rounds if one.goal is not None else min(rounds, ASKED_FOR)
    try:
        took = await p95(browser, one.page, times)
        bare = f"API {await p95(api, one.call, times, one.body):,.0f} ms" if one.call else ""
    except Failed as failed:
        show(f"{one.name}, p95", "failed", str(failed))
        return False
    met = one.goal is None or took <= one.goal
    goal = "asked for: no goal" if one.goal is None else f"goal <= {one.goal:.0f} ms: {verdict(met)}"
    show(f"{one.name}, p95", f"{took:,.0f} ms", f"{bare:<14} {goal}")
    return met


class _Bearer:
    """Puts the token of the staff's client on each request; a region takes longer than one lasts to be there."""

    def __init__(self, platform: TestPlatform) -> None:
        self._platform, self._token, self._until = platform, "", 0.0

    async def __call__(self, request: httpx.Request) -> None:
        if time.monotonic() >= self._until:
            self._token = await asyncio.to_thread(self._asked)
            self._until = time.monotonic() + RENEWED_S
        request.headers["authorization"] = f"Bearer {self._token}"

    def _asked(self) -> str:
        with self._platform.api("demo-staff") as staff:
            return staff.token()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.dashboard", description=__doc__)
    parser.add_argument("--agents", type=int, default=75_000)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--settle", type=float, default=3_600.0, help="seconds given to what follows the import")
    asked = parser.parse_args()
    show("agents", f"{asked.agents:,}")
    return 0 if uvloop.run(measure(asked.agents, asked.rounds, asked.settle)) else 1


if __name__ == "__main__":
    sys.exit(main())
