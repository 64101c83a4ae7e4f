"""Statements: what was issued or is still owed, and one with its lines, its payments and its files."""

from __future__ import annotations

from typing import Any, Final

from starlette.responses import Response

from gateway.dashboard.api import together
from gateway.dashboard.exports import Column, exported
from gateway.dashboard.names import employer_names, people
from gateway.dashboard.visit import Filters, Visit

SHOWN: Final = 50
OWED: Final = "owed"
FILES: Final = ("pdf", "xlsx", "csv", "json")
_KEPT: Final = ("content-type", "content-disposition")


async def statements(visit: Visit) -> Response:
    """A page of the list: the newest first; of those still owed, the oldest first."""
    filters = visit.only("employer", "month", "state")
    path, asked = _asked(filters)
    found, employers = await together(
        visit.api.get(path, limit=SHOWN, cursor=visit.query["cursor"], **asked), employer_names(visit)
    )
    return visit.page(
        "statements.html",
        rows=found["items"],
        next=found.get("next"),
        employers=employers,
        filters=filters,
        owed=filters["state"] == OWED,
    )


def _asked(filters: Filters) -> tuple[str, dict[str, str]]:
    """Where the list is read, and with which filters: what is owed is owed whatever its month."""
    if filters["state"] == OWED:
        return "/v1/receivables", {"employer": filters["employer"]}
    return "/v1/statements", {"employer": filters["employer"], "month": filters["month"], "order": "newest"}


async def export(visit: Visit) -> Response:
    """The list as a file, with the same filters."""
    filters = visit.only("employer", "month", "state")
    path, asked = _asked(filters)
    rows, names = visit.api.pages(path, asked), await employer_names(visit)

    def siret(row: dict[str, Any]) -> str:
        return str(row.get("siret") or row["employer"])

    columns = [
        Column("statements.number", lambda row: str(row["number"])),
        Column("worklist.employer", siret),
        Column("worklist.employer_name", lambda row: names.get(siret(row), "")),
        Column("simulator.agreement", lambda row: row["agreement"]),
        Column("agreements.insurer", lambda row: row["insurer"] or ""),
        Column("benefit.month", lambda row: row["month"]),
        Column("agent.amount", lambda row: row["amount"]),
    ]
    if filters["state"] == OWED:
        columns += [
            Column("statements.left", lambda row: row["left"]),
            Column("statements.due", lambda row: row["due"]),
            Column("worklist.late", lambda row: visit.words.t("yes" if row["late"] else "no")),
        ]
    else:
        columns += [
            Column("contribution.employer", lambda row: row["employer"]),
            Column("contribution.agent", lambda row: row["agent"]),
            Column("statements.issued_at", lambda row: row["issued_at"]),
        ]
    return await exported(visit, "bordereaux" if visit.words.language == "fr" else "statements", columns, rows)


async def statement(visit: Visit) -> Response:
    """One statement."""
    path = f"/v1/statements/{visit.request.path_params['statement']}"
    found, standing, lines, employers = await together(
        visit.api.get(path),
        visit.api.get(f"{path}/payments"),
        visit.api.get(f"{path}/lines", limit=SHOWN, cursor=visit.query["cursor"]),
        employer_names(visit),
    )
    return visit.page(
        "statement.html",
        statement=found,
        standing=standing,
        lines=lines["items"],
        next=lines.get("next"),
        people=await people(visit, {line["agent_id"] for line in lines["items"]}),
        employers=employers,
        files=FILES,
    )


async def file(visit: Visit) -> Response:
    """The statement's own file, as the API makes it."""
    path = f"/v1/statements/{visit.request.path_params['statement']}/file"
    found = await visit.api.download(path, format=visit.request.path_params["format"])
    kept = {name: found.headers[name] for name in _KEPT if name in found.headers}
    return Response(found.content, headers=kept)
