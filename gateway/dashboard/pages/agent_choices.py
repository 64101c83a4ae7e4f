"""What an agent chooses: options elected and given up, dispenses asked, proven and given up."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from gateway.dashboard.api import Refusal
from gateway.dashboard.pages import agent
from gateway.dashboard.security import PREFIX
from gateway.dashboard.visit import Visit


async def elect(visit: Visit) -> Response:
    """Elect an option from a day on."""
    fields = await visit.form()
    body = {"guarantee": fields.get("guarantee", ""), "from": fields.get("from", "")} | _employer(fields)
    return await _sent(visit, "POST", "options", body, done="elected")


async def withdraw(visit: Visit) -> Response:
    """Give an option up, on the version of the file that was read."""
    fields = await visit.form()
    return await _change(visit, fields, f"options/{visit.request.path_params['option']}", "withdrawn")


async def ask(visit: Visit) -> Response:
    """Note a request not to be covered, with the proof that came with it where one did."""
    fields = await visit.form()
    body: dict[str, Any] = {"requested_on": fields.get("requested_on", "")} | _employer(fields)
    body["individual_cover"] = bool(fields.get("individual_cover"))
    body |= {"proofs": [fields["proof"]]} if fields.get("proof") else {}
    return await _sent(visit, "POST", "dispenses", body, done="asked")


async def prove(visit: Visit) -> Response:
    """Note a yearly proof that was received."""
    fields = await visit.form()
    what = f"dispenses/{visit.request.path_params['dispense']}/proofs"
    return await _sent(visit, "POST", what, {"date": fields.get("date", "")}, done="proven")


async def give_up(visit: Visit) -> Response:
    """Give a dispense up, on the version of the file that was read."""
    fields = await visit.form()
    return await _change(visit, fields, f"dispenses/{visit.request.path_params['dispense']}", "given_up")


def _employer(fields: dict[str, str]) -> dict[str, str]:
    return {"employer": fields["employer"]} if fields.get("employer") else {}


async def _change(visit: Visit, fields: dict[str, str], what: str, done: str) -> Response:
    version = {"if-match": fields.get("version", "")}
    return await _sent(visit, "PATCH", what, {"to": fields.get("to", "")}, headers=version, done=done)


async def _sent(
    visit: Visit, method: str, what: str, body: dict[str, Any], *, headers: dict[str, str] | None = None, done: str
) -> Response:
    """Send it, then show the agent again. What the API remarks stands on top; sent again, nothing changes."""
    key = visit.request.path_params["agent"]
    try:
        answer = await visit.api.send(method, f"/v1/agents/{key}/{what}", json=body, headers=headers)
    except Refusal as refusal:
        return await agent.shown(visit, error=refusal.text, status=refusal.status)
    if remarks := answer.get("warnings"):
        return await agent.shown(visit, remarks=remarks)
    return visit.go(f"{PREFIX}/agents/{key}", done=done)
