"""Writers that hire agents and send their pay, and remember what was acknowledged: each sends until it is."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from http import HTTPStatus
from typing import Any, Final

import httpx

from kit.period import Month
from relais.clients import demo_employers
from relais.seed import SEEN_ON
from relais.synthetic.files import hire_row, pay_row
from relais.synthetic.region import Agent, draw_agent

CLIENT: Final = "demo-hris"
MONTH: Final = Month.of(SEEN_ON)
REQUEST_SECONDS: Final = 10.0
PAUSE_SECONDS: Final = 0.1
# Requests under way when something is killed.
IN_FLIGHT: Final = 20
LOOK_SECONDS: Final = 0.005
PATIENCE_SECONDS: Final = 120.0
TOKEN_SECONDS: Final = 300.0
# Refusals that pass: a token the restarted gateway does not know, the same request still under way, too many of them.
PASSING: Final = frozenset({401, 409, 429})


@dataclass(slots=True)
class Acknowledged:
    """What the platform said it has: the agent's id and the month's basic pay, by (employer, matricule)."""

    agents: dict[tuple[str, str], str] = field(default_factory=dict)
    pay: dict[tuple[str, str], Decimal] = field(default_factory=dict)


class Load:
    """`writers` requests in flight at any time, until told to stop."""

    def __init__(self, gateway: str, secret: str, point: Decimal, *, writers: int) -> None:
        self.acknowledged = Acknowledged()
        self.in_flight = 0
        self.repeated = 0
        self.faults: Counter[str] = Counter()
        self._http = httpx.AsyncClient(
            base_url=gateway, timeout=REQUEST_SECONDS, trust_env=False, limits=httpx.Limits(max_connections=None)
        )
        self._secret, self._point, self._writers = secret, point, writers
        self._token, self._token_ends = "", 0.0
        self._renewing = asyncio.Lock()
        self._stopping = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        numbers = itertools.count()
        self._tasks = [asyncio.create_task(self._write(numbers)) for _ in range(self._writers)]

    def check(self) -> None:
        """Raises what ended a writer before its time."""
        for task in self._tasks:
            if task.done():
                task.result()

    async def busy(self) -> None:
        """Return once as many requests are under way as a kill wants. Raises what ended a writer."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self.in_flight < min(IN_FLIGHT, self._writers):
            assert time.monotonic() < deadline, f"{self.in_flight} requests under way after {PATIENCE_SECONDS:.0f} s"
            await asyncio.sleep(LOOK_SECONDS)
            self.check()

    async def stop(self) -> None:
        """Let each writer finish what it has begun."""
        self._stopping.set()
        await asyncio.gather(*self._tasks)
        await self._http.aclose()

    async def _write(self, numbers: Iterator[int]) -> None:
        employers = sorted(demo_employers())
        while not self._stopping.is_set():
            number = next(numbers)
            employer, matricule = employers[number % len(employers)], f"K{number:06d}"
            agent = draw_agent(employer, matricule, seed=number, today=SEEN_ON, point=self._point)
            await self._hire(agent)
            await self._pay(agent)

    async def _hire(self, agent: Agent) -> None:
        key = (agent.employer, agent.matricule)
        answer = await self._until_acknowledged(
            "POST", "/v1/agents", hire_row(agent), {"Idempotency-Key": "-".join(("chaos", *key))}
        )
        self.acknowledged.agents[key] = answer["id"]

    async def _pay(self, agent: Agent) -> None:
        row = pay_row(agent, MONTH)
        path = "/v1/pay/" + "/".join(row.pop(name) for name in ("employer", "matricule", "month"))
        await self._until_acknowledged("PUT", path, row, {})
        self.acknowledged.pay[agent.employer, agent.matricule] = agent.tib.euros

    async def _until_acknowledged(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Any:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            answer = await self._ask(method, path, body, headers)
            if answer is not None and answer.is_success:
                return answer.json()
            if answer is not None and answer.is_client_error and answer.status_code not in PASSING:
                raise AssertionError(f"{method} {path}: {answer.status_code} {answer.text}")
            if time.monotonic() > deadline:
                raise AssertionError(f"{method} {path}: not acknowledged within {PATIENCE_SECONDS:.0f} s: {answer}")
            if answer is not None and answer.status_code == HTTPStatus.INTERNAL_SERVER_ERROR:
                self.faults[f"{method} {path.split('/')[2]}: {answer.text}"] += 1
            self.repeated += 1
            await asyncio.sleep(PAUSE_SECONDS)

    async def _ask(self, method: str, path: str, body: Any, headers: dict[str, str]) -> httpx.Response | None:
        """The answer, or None where the connection broke or nobody answered in time."""
        try:
            self.in_flight += 1
            authorised = {"Authorization": f"Bearer {await self._bearer()}", **headers}
            return await self._http.request(method, path, json=body, headers=authorised)
        except (httpx.TransportError, httpx.HTTPStatusError):
            return None
        finally:
            self.in_flight -= 1

    async def _bearer(self) -> str:
        async with self._renewing:
            if time.monotonic() >= self._token_ends:
                answer = await self._http.post(
                    "/oauth/token", data={"grant_type": "client_credentials"}, auth=(CLIENT, self._secret)
                )
                answer.raise_for_status()
                self._token = answer.json()["access_token"]
                self._token_ends = time.monotonic() + TOKEN_SECONDS
            return self._token
