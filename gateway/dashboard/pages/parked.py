"""Changes that runs did not issue: beyond which bound, of whom, and their release with a reason."""

from __future__ import annotations

from typing import Any, Final

from starlette.responses import Response

from gateway.dashboard.api import Refusal, together
from gateway.dashboard.exports import Column, exported
from gateway.dashboard.names import employer_names, people
from gateway.dashboard.pages.runs import PATH
from gateway.dashboard.security import safe_path
from gateway.dashboard.visit import Filters, Visit
from kit.ids import new_id

SHOWN: Final = 50
STATES: Final = ("OPEN", "RELEASED", "ISSUED", "GONE")


async def parked(visit: Visit) -> Response:
    """A page of the list: those that wait, unless the address asks for others."""
    return await _page(visit)


def _filters(visit: Visit) -> Filters:
    found = visit.only("employer", "state")
    found["state"] = found["state"] if found["state"] in STATES else "OPEN"
    return found


async def _page(visit: Visit, error: str = "", status: int = 200) -> Response:
    filters = _filters(visit)
    found, employers = await together(
        visit.api.get("/v1/runs/parked", limit=SHOWN, cursor=visit.query["cursor"], **filters), employer_names(visit)
    )
    return visit.page(
        "parked.html",
        status,
        rows=await _rows(visit, found["items"]),
        next=found.get("next"),
        employers=employers,
        filters=filters,
        states=STATES,
        may_write=visit.may("contributions:write"),
        key=str(new_id()),
        error=error,
    )


async def _rows(visit: Visit, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    known = await people(visit, {item["agent_id"] for item in items if item["agent_id"]})
    return [{**item, "person": known.get(item["agent_id"])} for item in items]


async def release(visit: Visit) -> Response:
    """Accept a change, for a reason; the next run issues it."""
    fields = await visit.form()
    key, back = visit.request.path_params["parked"], safe_path(fields.get("back", ""))
    try:
        await visit.api.send(
            "POST",
            f"/v1/runs/parked/{key}/release",
            json={"reason": fields.get("reason", "")},
            headers={"idempotency-key": fields.get("key", "") + str(key)},
        )
    except Refusal as refusal:
        return await _page(visit, refusal.text, refusal.status)
    return visit.go(back if back.startswith(PATH) else f"{PATH}/parked")


async def export(visit: Visit) -> Response:
    """The list as a file, with the same filters."""
    words = visit.words
    rows = (await _rows(visit, page) async for page in visit.api.pages("/v1/runs/parked", _filters(visit)))
    names = await employer_names(visit)
    columns = [
        Column("worklist.employer", lambda row: row["siret"]),
        Column("worklist.employer_name", lambda row: names.get(row["siret"], "")),
        Column("worklist.agent", lambda row: row["person"].name if row["person"] else ""),
        Column("worklist.matricule", lambda row: row["person"].matricule if row["person"] else ""),
        Column("benefit.month", lambda row: row["month"]),
        Column("parked.bound", lambda row: words.of("bound", row["bound"])),
        Column("parked.change", lambda row: row["change"]),
        Column("parked.limit", lambda row: row["limit"]),
        Column("timeline.state", lambda row: words.of("parked_state", row["state"])),
        Column("parked.since", lambda row: row["recorded_at"]),
        Column("claim.reason", lambda row: row["reason"] or ""),
    ]
    return await exported(
        visit, "variations-retenues" if words.language == "fr" else "changes-held-back", columns, rows
    )
