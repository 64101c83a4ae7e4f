"""What waits for somebody and is no event's: asked of the services as the page is made, one call for each kind.

An accord's or the platform's, and late by nature: `due` is a day that is over.
"""

from __future__ import annotations

from typing import Any, Final

from gateway.dashboard.api import together
from gateway.dashboard.security import PREFIX
from gateway.dashboard.visit import Filters, Visit
from kit.settings import COMPONENTS

COMMITTEE: Final = "committee-late"
PARKED: Final = "events-parked"
BESIDES: Final = (COMMITTEE, PARKED)


async def besides(visit: Visit, filters: Filters) -> list[dict[str, Any]]:
    """Rows of these kinds, under the filters on employer and due day; none of what the person may not see."""
    committees, parked = await together(_committees(visit, filters), _parked(visit, filters))
    limit = filters["due_before"]
    return [row for row in (*committees, *parked) if not limit or row["due"] <= limit]


async def _committees(visit: Visit, filters: Filters) -> list[dict[str, Any]]:
    """Accords whose committee missed a year (art. 7), due by the end of the first one missed."""
    found = await visit.api.maybe("/v1/agreements/late-committees", employer=filters["employer"])
    return [
        _row(COMMITTEE, f"{min(one['missed'])}-12-31", one["agreement"], _committee_of(one["agreement"]))
        for one in (found.get("items", []) if found else [])
    ]


def _committee_of(agreement: str) -> str:
    return f"{PREFIX}/agreements/{agreement}/committee"


async def _parked(visit: Visit, filters: Filters) -> list[dict[str, Any]]:
    """Components that set events aside: the platform's, hence of no employer."""
    if filters["employer"]:
        return []
    found = await together(*(visit.api.maybe(f"/v1/exchanges/{name}") for name in COMPONENTS))
    today = str(visit.request.app.state.clock.day())
    told = [state for state in found if state and "consumers" in state]
    many = {state["component"]: sum(one["parked"] for one in state["consumers"]) for state in told}
    return [
        _row(PARKED, today, f"{name} ({count})", f"{PREFIX}/integration/components/{name}")
        for name, count in many.items()
        if count
    ]


def _row(kind: str, due: str, subject: str, where: str) -> dict[str, Any]:
    return {
        "kind": kind,
        "due": due,
        "employer": None,
        "agent": None,
        "person": None,
        "subject": subject,
        "where": where,
    }
