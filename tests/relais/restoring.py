"""Whether one agent's facts are everywhere, or nowhere: in eligibility, in the services that follow it, in the feed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from kit.period import Month
from relais.api import Api
from relais.clients import demo_employers
from relais.credentials import Credentials
from relais.home import Home
from relais.synthetic.files import hire_row, pay_row
from relais.synthetic.region import Agent, draw_agent
from tests.relais.running import Command
from tests.waiting import until

TODAY = date(2026, 1, 31)
MONTH = Month.of(TODAY)
PATIENCE_SECONDS = 40.0
LEAVE = {"kind": "CMO", "start": "2026-01-12", "end": "2026-01-18"}


@contextmanager
def hris(command: Command) -> Iterator[Api]:
    with Api(command.gateway, "demo-hris", Credentials.of(Home(command.home)).clients["demo-hris"]) as found:
        yield found


def restore(command: Command, folder: Path, *only: str) -> None:
    done = command.run("restore", str(folder), *only, "--yes")
    assert done.returncode == 0, done.stderr
    until(command.is_ready, "readiness after the restore")


def drawn(matricule: str) -> Agent:
    """The same person for the same matricule."""
    return draw_agent(min(demo_employers()), matricule, seed=1, today=TODAY, point=Decimal(60))


def hire(command: Command, matricule: str) -> str:
    """The new agent's id. The same request again is a hire of its own where the first is lost."""
    with hris(command) as api:
        return str(api.post("/v1/agents", hire_row(drawn(matricule)), key=f"hire-{matricule}")["id"])


def pay(command: Command, matricule: str) -> None:
    row = pay_row(drawn(matricule), MONTH)
    address = "/".join(row.pop(name) for name in ("employer", "matricule", "month"))
    with hris(command) as api:
        api.put(f"/v1/pay/{address}", row)


def falls_sick(command: Command, agent: str) -> None:
    with hris(command) as api:
        api.post(f"/v1/agents/{agent}/leaves", LEAVE)


def where(command: Command, agent: str) -> dict[str, bool]:
    """Where something is known that eligibility said of this agent. Pay is contributions' own, and so is its event."""
    with hris(command) as api:
        return {
            "contributions": bool(list(api.pages("/v1/pay", agent=agent))),
            "claims": bool(api.get("/v1/entitlements", agent=agent)["periods"]),
            "feed": any(fact["data"].get("agent") == agent for fact in facts(api) if fact["source"] == "/eligibility"),
        }


def facts(api: Api) -> Iterator[dict[str, Any]]:
    """Everything in the feed of this client, from its beginning."""
    cursor = None
    while (page := api.get("/v1/events", after=cursor, limit=200))["events"]:
        yield from page["events"]
        cursor = page["next"]


def is_known(command: Command, agent: str, *, everywhere: bool = True) -> None:
    """Wait until all of them know the agent, or none."""
    until(lambda: set(where(command, agent).values()) == {everywhere}, f"{agent}, {everywhere}", PATIENCE_SECONDS)


def paid_months(command: Command, matricule: str) -> list[str]:
    """The months of pay received under a matricule, whoever it is of."""
    with hris(command) as api:
        return [one["month"] for one in api.pages("/v1/pay", employer=min(demo_employers()), matricule=matricule)]
