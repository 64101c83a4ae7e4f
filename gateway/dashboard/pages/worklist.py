"""What needs somebody today, soonest first: one list, its filters in the address, one click to act."""

from __future__ import annotations

from typing import Any, Final

from starlette.responses import Response

from gateway.dashboard.api import together
from gateway.dashboard.exports import Column, exported
from gateway.dashboard.names import employer_names, people
from gateway.dashboard.security import PREFIX
from gateway.dashboard.visit import Filters, Visit
from gateway.domain.work_items import CLAIM, HALF_PAY, KINDS

SHOWN: Final = 50
# Their date is the first day at half pay: nobody is late by it, but somebody goes without.
OF_HALF_PAY: Final = (HALF_PAY, CLAIM)
_FILTERS: Final = ("employer", "kind", "due_before")


async def worklist(visit: Visit) -> Response:
    """A page of the list."""
    filters = _filters(visit)
    found, employers = await together(
        visit.api.get("/v1/work-items", limit=SHOWN, cursor=visit.query.get("cursor"), **filters),
        employer_names(visit),
    )
    rows = await _rows(visit, found["items"])
    return visit.page(
        "worklist.html",
        rows=rows,
        counts=found["counts"],
        total=sum(found["counts"].values()),
        next=found["next"],
        kinds=[kind for kind in KINDS if found["counts"].get(kind) or kind == filters.get("kind")],
        employers=employers,
        filters=filters,
        today=_today(visit),
        of_half_pay=OF_HALF_PAY,
    )


async def export(visit: Visit) -> Response:
    """The whole list, with the same filters, as a file."""
    items = await visit.api.every("/v1/work-items", **_filters(visit))
    rows = await _rows(visit, items)
    names = await employer_names(visit)
    columns = [
        Column("worklist.due", lambda row: row["due"] or ""),
        Column("worklist.kind", lambda row: visit.words.of("work", row["kind"])),
        Column("worklist.employer", lambda row: row["employer"]),
        Column("worklist.employer_name", lambda row: names.get(row["employer"], "")),
        Column("worklist.agent", lambda row: row["person"].name if row["person"] else ""),
        Column("worklist.matricule", lambda row: row["person"].matricule if row["person"] else ""),
    ]
    return exported(visit, "a-faire" if visit.words.language == "fr" else "to-do", columns, rows)


def _filters(visit: Visit) -> Filters:
    return visit.only(*_FILTERS)


async def _rows(visit: Visit, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    known = await people(visit, {item["agent"] for item in items if item["agent"]})
    return [{**item, "person": known.get(item["agent"]), "where": where(item)} for item in items]


def where(item: dict[str, Any]) -> str:
    """The page on which an item is dealt with; empty where there is none.

    >>> where({"kind": "claim-open", "reference": "/v1/claims/7", "agent": "3"})
    '/app/claims/7'
    >>> where({"kind": "contributions-parked", "reference": "/v1/runs/parked/7", "employer": "9", "agent": None})
    '/app/runs/parked?employer=9#parked-7'
    """
    parts = item["reference"].split("/")
    if item["kind"] == "claim-open":
        return f"{PREFIX}/claims/{parts[-1]}"
    if item["kind"] == "statement-late":
        return f"{PREFIX}/statements/{parts[-1]}"
    if item["kind"] == "contributions-parked":
        return f"{PREFIX}/runs/parked?employer={item['employer']}#parked-{parts[-1]}"
    if item["kind"] == "overpayment":
        return f"{PREFIX}/overpayments/{parts[-1]}"
    if item["kind"] == "pension-to-check":
        return f"{PREFIX}/agents/{item['agent']}#annuities"
    return f"{PREFIX}/agents/{item['agent']}#leaves" if item["agent"] else ""


def _today(visit: Visit) -> str:
    return str(visit.request.app.state.clock.day())
