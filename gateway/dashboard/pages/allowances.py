"""Daily allowances of an agent as social security notified them: what they should be, and those to enter or check."""

from __future__ import annotations

from typing import Any, Final

from starlette.responses import Response

from gateway.dashboard.api import Refusal, together
from gateway.dashboard.names import employer_names, people
from gateway.dashboard.pages.payments import amount_of
from gateway.dashboard.security import PREFIX
from gateway.dashboard.visit import Filters, Visit

KINDS: Final = ("SICKNESS", "ACCIDENT", "SPECIAL")
_DAYS: Final = ("kind", "stop_start", "start", "end")
_TICKS: Final = ("waiting_waived", "long_illness", "checked")


async def allowances(visit: Visit) -> Response:
    """Those of an agent with the employer of the address, and the form of one more."""
    if visit.request.method != "POST":
        return await _page(visit)
    fields = await visit.form()
    key, employer = visit.request.path_params["agent"], fields.get("employer", "")
    body: dict[str, Any] = {name: fields.get(name, "") for name in _DAYS}
    body |= {name: bool(fields.get(name)) for name in _TICKS}
    body |= {"employer": employer, "agent": str(key), "daily": amount_of(fields.get("daily", ""))}
    try:
        await visit.api.send("PUT", "/v1/claims/daily-allowances", json=body)
    except Refusal as refusal:
        return await _page(visit, fields, refusal)
    return visit.go(_path(key), employer=employer, done="1")


def _path(key: object) -> str:
    return f"{PREFIX}/agents/{key}/daily-allowances"


async def _page(visit: Visit, sent: dict[str, str] | None = None, refusal: Refusal | None = None) -> Response:
    key, words = visit.request.path_params["agent"], visit.words
    file, employers = await together(visit.api.get(f"/v1/agents/{key}"), employer_names(visit))
    with_us = [one["employer"] for one in file["matricules"]]
    asked = (sent or visit.query).get("employer", "")
    employer = asked if asked in with_us else file["employer"]
    found, known, claims = await together(
        visit.api.get("/v1/claims/daily-allowances", agent=key, employer=employer),
        people(visit, {str(key)}),
        visit.api.every("/v1/claims", agent=key),
    )
    rows = sorted(found["allowances"], key=lambda one: str(one["start"]), reverse=True)
    fields = sent or _again(rows, visit.query["again"])
    return visit.form_page(
        "allowances.html",
        refusal,
        agent=file,
        person=known.get(str(key)),
        employer=employer,
        with_us=with_us,
        employers=employers,
        rows=rows,
        kinds=KINDS,
        stops=[one for one in file["leaves"] if one["employer"] == employer],
        claims=[one for one in claims if one["employer"] == employer],
        fields=Filters(fields),
        may_write=visit.may("claims:write"),
        doubts=lambda one: [words.of("allowance_doubt", code) for code in one["doubts"] or ()],
    )


def _again(rows: list[dict[str, Any]], start: str) -> dict[str, str]:
    """The fields of a notification to change or to check: the API takes what begins on the same day in its place.

    >>> row = {"start": "2026-02-04", "end": "2026-02-28", "kind": "SICKNESS", "daily": "35.00", "stop_start": None}
    >>> row |= {"waiting_waived": False, "long_illness": True, "checked": False}
    >>> _again([row], "2026-02-04")["long_illness"], _again([row], "2026-01-01")
    ('1', {})
    """
    row = next((one for one in rows if one["start"] == start), None)
    if row is None:
        return {}
    shown = {name: str(row[name] or "") for name in (*_DAYS, "daily")}
    return shown | {name: "1" if row[name] else "" for name in _TICKS}
