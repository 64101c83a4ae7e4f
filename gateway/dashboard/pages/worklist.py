"""What needs somebody today, soonest first: one list, its filters in the address, one click to act."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any, Final

from starlette.responses import Response

from gateway.dashboard.api import together
from gateway.dashboard.exports import Column, at_once, exported
from gateway.dashboard.names import employer_names, people
from gateway.dashboard.pages.worklist_besides import BESIDES, besides
from gateway.dashboard.security import PREFIX
from gateway.dashboard.visit import Filters, Visit
from gateway.domain.work_items import CLAIM, COVER, DOCUMENTS, HALF_PAY, KINDS, NOTICE, OVERPAYMENT, PAYMENT, PENSION

SHOWN: Final = 50
# Their date is the first day at half pay: nobody is late by it, but somebody goes without.
OF_HALF_PAY: Final = (HALF_PAY, CLAIM, DOCUMENTS)
# A reference that names no page but the agent's.
OF_AGENT: Final = "/v1/entitlements?"
_FILTERS: Final = ("employer", "kind", "due_before")
# The page of what the reference names, `/v1/<these>/<it>`, and the place on it; or the place on the agent's page.
_OF_ITS_OWN: Final = {
    CLAIM: ("claims", ""),
    DOCUMENTS: ("claims", "#documents"),
    NOTICE: ("agreements", "#notices"),
    "statement-late": ("statements", ""),
    PAYMENT: ("claims", "#insurer"),
}
_ON_AGENT: Final = {
    OVERPAYMENT: "overpayments",
    PENSION: "annuities",
    COVER: "cover",
    PAYMENT: "claims",  # as it was told before it named its claim
    "annuity-to-revalue": "annuities",
    "override-to-approve": "annuities",
    "override-to-review": "annuities",
}


async def worklist(visit: Visit) -> Response:
    """A page of the list; what is no event's is late by nature, and comes in its place on the first page."""
    filters, cursor = _filters(visit), visit.query["cursor"]
    found, others, employers = await together(
        visit.api.get("/v1/work-items", limit=SHOWN, cursor=cursor, **_events_only(filters)),
        besides(visit, filters),
        employer_names(visit),
    )
    counts = found["counts"] | Counter(one["kind"] for one in others)
    chosen = filters["kind"]
    own = await _rows(visit, [] if chosen in BESIDES else found["items"])
    shown = [] if cursor else [one for one in others if chosen in ("", one["kind"])]
    kinds = (*KINDS, *BESIDES)
    return visit.page(
        "worklist.html",
        rows=sorted([*own, *shown], key=_due),
        counts=counts,
        total=sum(counts.values()),
        next=None if chosen in BESIDES else found["next"],
        kinds=[kind for kind in kinds if counts.get(kind) or kind == chosen],
        employers=employers,
        filters=filters,
        today=_today(visit),
        of_half_pay=OF_HALF_PAY,
    )


async def export(visit: Visit) -> Response:
    """The whole list, with the same filters, as a file."""
    filters = _filters(visit)
    chosen = filters["kind"]
    pages = at_once([]) if chosen in BESIDES else visit.api.pages("/v1/work-items", filters)
    items = [row async for page in pages for row in page]
    others = [one for one in await besides(visit, filters) if chosen in ("", one["kind"])]
    rows = sorted([*await _rows(visit, items), *others], key=_due)
    names = await employer_names(visit)
    columns = [
        Column("worklist.due", lambda row: row["due"] or ""),
        Column("worklist.kind", lambda row: visit.words.of("work", row["kind"])),
        Column("worklist.employer", lambda row: row["employer"] or ""),
        Column("worklist.employer_name", lambda row: names.get(row["employer"], row.get("subject", ""))),
        Column("worklist.agent", lambda row: row["person"].name if row["person"] else ""),
        Column("worklist.matricule", lambda row: row["person"].matricule if row["person"] else ""),
    ]
    return await exported(visit, "a-faire" if visit.words.language == "fr" else "to-do", columns, at_once(rows))


def _filters(visit: Visit) -> Filters:
    return visit.only(*_FILTERS)


def _events_only(filters: Filters) -> Filters:
    """The filters as the API knows them: of a kind that is no event's only the counts are shown."""
    return Filters((name, value) for name, value in filters.items() if value not in BESIDES)


def _due(row: dict[str, Any]) -> str:
    return row["due"] or str(date.max)


async def _rows(visit: Visit, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    known = await people(visit, {item["agent"] for item in items if item["agent"]})
    return [{**item, "person": known.get(item["agent"]), "where": where(item)} for item in items]


def where(item: dict[str, Any]) -> str:
    """The page on which an item is dealt with; empty where there is none.

    >>> where({"kind": "claim-open", "reference": "/v1/claims/7", "agent": "3"})
    '/app/claims/7'
    >>> where({"kind": "documents-missing", "reference": "/v1/claims/7/file", "agent": "3"})
    '/app/claims/7#documents'
    >>> where({"kind": "payment-above-decided", "reference": "/v1/claims/7/payments", "agent": "3"})
    '/app/claims/7#insurer'
    >>> where({"kind": "payment-above-decided", "reference": "/v1/entitlements?agent=3&employer=9#x", "agent": "3"})
    '/app/agents/3#claims'
    >>> where({"kind": "contributions-parked", "reference": "/v1/runs/parked/7", "employer": "9", "agent": None})
    '/app/runs/parked?employer=9#parked-7'
    """
    kind, parts = item["kind"], item["reference"].split("/")
    if kind == "contributions-parked":
        return f"{PREFIX}/runs/parked?employer={item['employer']}#parked-{parts[-1]}"
    if kind in _OF_ITS_OWN and not item["reference"].startswith(OF_AGENT):
        page, place = _OF_ITS_OWN[kind]
        return f"{PREFIX}/{page}/{parts[3]}{place}"
    return f"{PREFIX}/agents/{item['agent']}#{_ON_AGENT.get(kind, 'leaves')}" if item["agent"] else ""


def _today(visit: Visit) -> str:
    return str(visit.request.app.state.clock.day())
