"""From the commit of an event in a service to its arrival at a partner: by webhook, and by the feed's long poll.

    python -m tests.bench.gateway_delivery [--rounds 5] [--seconds 5] [--rate 20]

The platform is the one `relais run` starts, five processes; the events are written to the outbox of contributions, so
they go through its sequencer, the gateway's consumer, its feeds and its dispatcher. Figures are medians over rounds.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any, Final

import httpx
import uvloop
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kit.db.provision import component_url
from kit.events.outbox import Outgoing
from relais.clients import demo_employers
from relais.credentials import Credentials
from relais.home import Home
from services.contributions.application.payloads.month import MonthWasClosed
from tests.bench.event_writer import Writer
from tests.kit.http.serving import running
from tests.relais.running import Command, new_command, platform_running
from tests.waiting import eventually

CLIENT: Final = "demo-hris"
WARM_UP_SECONDS: Final = 3.0
PATIENCE_SECONDS: Final = 60.0
WEBHOOK_GOAL_MS, FEED_GOAL_MS = 100.0, 20.0


class LocalCommand(Command):
    """`relais run`, whose webhooks may come back to this machine."""

    __slots__ = ()

    @property
    def environment(self) -> dict[str, str]:
        return {**super().environment, "RELAIS_WEBHOOK_NETWORKS": '["127.0.0.0/8"]'}


@dataclass(slots=True)
class Partner:
    """When it got each event, in ns by the number the event carries, by either way."""

    gateway: str
    secret: str
    webhook: dict[int, int] = field(default_factory=dict)
    feed: dict[int, int] = field(default_factory=dict)

    async def hook(self, request: Request) -> Response:
        now = time.time_ns()
        _note(self.webhook, json.loads(await request.body()), now)
        return Response(status_code=204)

    async def bearer(self, http: httpx.AsyncClient) -> dict[str, str]:
        form = {"grant_type": "client_credentials"}
        answer = await http.post("/oauth/token", data=form, auth=(CLIENT, self.secret))
        return {"authorization": f"Bearer {answer.raise_for_status().json()['access_token']}"}

    async def follow(self, http: httpx.AsyncClient, after: str) -> None:
        """The long poll, one after the other, as examples/insurer_consumer.py does."""
        bearer = await self.bearer(http)
        while True:
            answer = await http.get("/v1/events", params={"after": after, "wait": 20}, headers=bearer)
            now, page = time.time_ns(), answer.raise_for_status().json()
            for event in page["events"]:
                _note(self.feed, event, now)
            after = page["next"]


def _note(seen: dict[int, int], event: dict[str, Any], instant: int) -> None:
    if event["type"] == MonthWasClosed.type and event["data"]["cut_off"].isdigit():
        seen.setdefault(int(event["data"]["cut_off"]), instant)


async def measure(command: Command, rounds: int, seconds: float, rate: float) -> None:
    home = Home(command.home)
    running_now, credentials = home.running(), Credentials.of(home)
    assert running_now is not None
    url = component_url(
        running_now.admin_dsn, "contributions", "worker", credentials.databases["contributions"]["worker"]
    )
    writer = await Writer.open(url)
    partner = Partner(command.gateway, credentials.clients[CLIENT])
    employer, first = min(demo_employers()), 0
    found: dict[str, list[tuple[float, float]]] = {"webhook": [], "feed": []}
    async with _listening(partner):
        for number in range(rounds + 1):
            count = round(rate * (seconds if number else WARM_UP_SECONDS))
            committed = await _write(writer, employer, range(first, first + count), rate)
            first += count
            for way, delays in found.items():
                seen: dict[int, int] = getattr(partner, way)
                await eventually(_all_of(committed, seen), f"{count} events by {way}", PATIENCE_SECONDS)
                passed = sorted((seen[value] - instant) / 1e6 for value, instant in committed.items())
                if number:  # the first round warms up
                    delays.append((passed[len(passed) // 2], passed[len(passed) * 99 // 100]))
    await writer.close()
    for way, goal in (("webhook", WEBHOOK_GOAL_MS), ("feed", FEED_GOAL_MS)):
        p50, p99 = (median(one[place] for one in found[way]) for place in (0, 1))
        met = "met" if p99 <= goal else "not met"
        what, figure = f"commit to {way} received, {rate:.0f}/s", f"p50 {p50:.1f} ms, p99 {p99:.1f} ms"
        sys.stdout.write(f"{what:<52} {figure:<28} goal p99 <= {goal:.0f} ms: {met}\n")


def _all_of(committed: dict[int, int], seen: dict[int, int]) -> Any:
    async def arrived() -> bool:
        return committed.keys() <= seen.keys()

    return arrived


async def _write(writer: Writer, employer: str, values: range, rate: float) -> dict[int, int]:
    """One event after the other at a steady rate; the instant of each commit."""
    committed: dict[int, int] = {}
    loop = asyncio.get_running_loop()
    start = loop.time()
    for place, value in enumerate(values):
        await asyncio.sleep(max(0.0, start + place / rate - loop.time()))
        data = MonthWasClosed(employer=employer, month="2020-01", cut_off=str(value), run=None)
        committed[value] = await writer.publish(Outgoing(data, f"bench-{value % 100}", employer))
    return committed


@asynccontextmanager
async def _listening(partner: Partner) -> AsyncIterator[None]:
    """A webhook registered from here on, and a follower of the feed that has caught up."""
    app = Starlette(routes=[Route("/hook", partner.hook, methods=["POST"])])
    async with running(app) as url, httpx.AsyncClient(base_url=partner.gateway, timeout=60, trust_env=False) as http:
        bearer = await partner.bearer(http)
        made = await http.post("/v1/webhooks", json={"url": f"{url}/hook"}, headers=bearer)
        following = asyncio.create_task(partner.follow(http, made.raise_for_status().json()["cursor"]))
        try:
            yield
        finally:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.gateway_delivery", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=5.0, help="load of one round")
    parser.add_argument("--rate", type=float, default=20.0, help="events a second")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="relais-delivery-") as folder:
        plain = new_command(Path(folder))
        command = LocalCommand(plain.home, plain.port)
        with platform_running(command):
            uvloop.run(measure(command, asked.rounds, asked.seconds, asked.rate))
        command.run("reset", "--yes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
