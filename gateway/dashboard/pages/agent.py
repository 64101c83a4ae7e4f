"""One agent on one page: who, since when covered and why, each day's pay of a leave, claims, contributions."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Final

from starlette.responses import Response

from gateway.dashboard.api import Answer, together
from gateway.dashboard.names import employer_names
from gateway.dashboard.pictures import timeline
from gateway.dashboard.visit import Visit
from gateway.domain.work_items import WAITING
from kit.clock import PARIS

# What is drawn: a year and a half back, half a year ahead, unless the address says otherwise.
BACK: Final = timedelta(days=550)
AHEAD: Final = timedelta(days=183)
LONGEST: Final = timedelta(days=3660)
CLAIMS_SHOWN: Final = 5
LINES: Final = 60


async def agent(visit: Visit) -> Response:
    """The page; `known_at` in the address shows what was known at the end of that day."""
    key = visit.request.path_params["agent"]
    today: date = visit.request.app.state.clock.day()
    start, end = _window(visit, today)
    known = _known_at(visit)
    api = visit.api
    found, cover, rights, claims, employers = await together(
        api.get(f"/v1/agents/{key}", known_at=known),
        api.maybe(f"/v1/agents/{key}/affiliation", known_at=known),
        api.maybe("/v1/entitlements", agent=key, from_=start.isoformat(), to=end.isoformat()),
        api.every("/v1/claims", agent=key),
        employer_names(visit),
    )
    money = await _money(visit, key, claims)
    waiting = [one for one in (await api.every("/v1/work-items", agent=key)) if one["kind"] in WAITING]
    picture = timeline.timeline(start, end, today=today, agent=found, cover=cover, rights=rights)
    return visit.page(
        "agent.html",
        agent=found,
        cover=cover,
        rights=rights,
        claims=claims,
        employers=employers,
        picture=picture,
        waiting=waiting,
        window=(start.isoformat(), end.isoformat()),
        known_at=visit.query["known_at"],
        today=today.isoformat(),
        **money,
    )


async def _money(visit: Visit, key: str, claims: list[dict[str, Any]]) -> dict[str, Any]:
    """Amounts: benefits of the latest claims, contribution lines, annuities, capitals, overpayments."""
    api = visit.api
    latest = sorted(claims, key=lambda one: str(one["opened_from"]), reverse=True)[:CLAIMS_SHOWN]
    lines, annuities, capitals, overpayments, *benefits = await together(
        api.maybe("/v1/contributions", agent=key, limit=LINES),
        api.every("/v1/annuities", agent=key),
        api.every("/v1/capitals", agent=key),
        api.every("/v1/overpayments", agent=key),
        *(api.every("/v1/benefits", claim=one["id"]) for one in latest),
    )
    months = sorted((row for rows in benefits for row in rows), key=lambda row: str(row["month"]), reverse=True)
    items = lines["items"] if lines else []
    return {
        "benefits": months,
        "lines": sorted(items, key=lambda line: (line["month"], line["guarantee"]), reverse=True),
        "annuities": annuities,
        "capitals": capitals,
        "overpayments": overpayments,
    }


def _window(visit: Visit, today: date) -> tuple[date, date]:
    """The days drawn, from the address; a window that is no window is the usual one."""
    start = _day(visit.query["from"]) or today - BACK
    end = _day(visit.query["to"]) or max(today, start) + AHEAD
    if not timedelta(0) < end - start <= LONGEST:
        return today - BACK, today + AHEAD
    return start, end


def _known_at(visit: Visit) -> str | None:
    """The last instant of the day asked for, in Paris."""
    day = _day(visit.query["known_at"])
    if day is None:
        return None
    return datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=PARIS).isoformat()


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


async def contribution(visit: Visit) -> Response:
    """Why a contribution line is what it is."""
    found: Answer = await visit.api.get(f"/v1/contributions/{visit.request.path_params['line']}/trace")
    return visit.page("contribution.html", line=found["line"], found=found)


async def decision(visit: Visit) -> Response:
    """Why a decision says what it says: its tree, its parameters with their sources, what it read."""
    key = visit.request.path_params["decision"]
    found, trace = await together(visit.api.get(f"/v1/decisions/{key}"), visit.api.get(f"/v1/decisions/{key}/trace"))
    return visit.page("decision.html", found=found, trace_tree=trace.get("trace", trace))
