"""One employer's month: what a run would issue, against the month before; then issuing, closing and reopening it.

A dry run is named in the address by the key it was asked with: coming back shows the same answer, computed once.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from starlette.responses import Response

from gateway.dashboard.api import Refusal, together
from gateway.dashboard.names import employer_names, people, user_names
from gateway.dashboard.pages.runs import PATH, asked_month, chosen_month, latest_month, no_month
from gateway.dashboard.visit import Visit
from kit.http.problem import Problem
from kit.ids import new_id
from kit.period import Month
from kit.siret import Siret

CLOSINGS: Final = 12
_REFUSED: Final = 422


async def run(visit: Visit) -> Response:
    """The employer's month."""
    return await _page(visit)


async def _page(visit: Visit, error: str = "", status: int = 200, month: Month | None = None) -> Response:
    siret = _siret(visit)
    error = error or ("" if month else no_month(visit))
    month = month or asked_month(visit) or await latest_month(visit, siret)
    api = visit.api
    closings, issued, before, parked, employers, preview = await together(
        api.get(f"/v1/months/{siret}", limit=CLOSINGS),
        api.every("/v1/statements", employer=siret, month=str(month)),
        api.every("/v1/statements", employer=siret, month=str(month.previous())),
        api.every("/v1/runs/parked", employer=siret, state="OPEN"),
        employer_names(visit),
        _preview(visit, siret, month),
    )
    foreseen = preview["statements"] if preview else []
    agents = {one["agent_id"] for one in parked} | {one["agent"] for one in _anomalies(preview)}
    return visit.page(
        "run.html",
        status,
        siret=siret,
        name=employers.get(siret, siret),
        chosen=str(month),
        around=(str(month.previous()), str(month.next())),
        contracts=compared(before, issued, foreseen),
        sums=[total(before), total(issued), total(foreseen)],
        statements=issued,
        preview=preview,
        previewed_at=_asked_at(visit.query["preview"]) if preview else None,
        parked=parked,
        people=await people(visit, {one for one in agents if one}),
        closings=closings["items"],
        authors=await user_names(visit),
        closed=_is_closed(closings["items"], str(month)),
        may_write=visit.may("contributions:write"),
        key=str(new_id()),
        error=error,
    )


async def _preview(visit: Visit, siret: str, month: Month) -> Any:
    """The dry run that the address names."""
    key = visit.query["preview"]
    if not key or _asked_at(key) is None or not visit.may("contributions:write"):
        return None
    body = {"employer": siret, "month": str(month), "dry_run": True}
    return await visit.api.send(
        "POST", "/v1/runs", json=body, headers={"idempotency-key": f"preview-{key}-{siret}-{month}"}
    )


def _asked_at(key: str) -> str | None:
    """When a dry run was asked for: its key is a UUID that begins with the instant (version 7); None for another."""
    try:
        milliseconds = UUID(key).int >> 80
        return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat()
    except (ValueError, OverflowError):
        return None


def _anomalies(preview: Any) -> list[dict[str, Any]]:
    return [*preview["held"], *preview["parked"]] if preview else []


def compared(
    before: Iterable[dict[str, Any]], issued: Iterable[dict[str, Any]], foreseen: Iterable[dict[str, Any]]
) -> list[dict[str, Any]]:
    """By contract, each guarantee: what the month before issued, what this one has, what it would, the difference.

    >>> one = {"agreement": "A", "insurer": None, "guarantees": {"BASE": {"amount": "10.00"}}}
    >>> other = one | {"guarantees": {"BASE": {"amount": "12.50"}}}
    >>> row = compared([one], [], [other])[0]["rows"][0]
    >>> row["guarantee"], *map(str, row["amounts"]), str(row["difference"])
    ('BASE', '10.00', '0', '12.50', '2.50')
    """
    found: dict[tuple[str, str], dict[str, list[Decimal]]] = {}
    for place, statements in enumerate((before, issued, foreseen)):
        for one in statements:
            contract = found.setdefault((one["agreement"], one["insurer"] or ""), {})
            for guarantee, amounts in one["guarantees"].items():
                contract.setdefault(guarantee, [Decimal(0)] * 3)[place] += Decimal(amounts["amount"])
    return [
        {
            "agreement": agreement,
            "insurer": insurer,
            "rows": [
                {"guarantee": code, "amounts": amounts, "difference": amounts[1] + amounts[2] - amounts[0]}
                for code, amounts in guarantees.items()
            ],
        }
        for (agreement, insurer), guarantees in sorted(found.items())
    ]


def total(statements: Iterable[dict[str, Any]]) -> Decimal:
    """What statements come to: those issued, and those a dry run shows."""
    return sum((Decimal(one.get("amount") or one["total"]["amount"]) for one in statements), Decimal(0))


def _is_closed(closings: list[dict[str, Any]], month: str) -> bool:
    """The last word on an employer's months says up to which they are closed."""
    if not closings:
        return False
    last = closings[0]
    return bool(last["month"] >= month if last["closed"] else last["month"] > month)


def _siret(visit: Visit) -> str:
    """Raises 404 for what is no SIRET."""
    try:
        return str(Siret.parse(visit.request.path_params["siret"]))
    except ValueError:
        raise Problem(404, "not_found", "Ressource introuvable", "Not found") from None


async def preview(visit: Visit) -> Response:
    """Ask for a dry run, and go where it shows."""
    fields = await visit.form()
    month = chosen_month(visit, fields.get("month", ""))
    return visit.go(f"{PATH}/{_siret(visit)}", month=str(month), preview=str(new_id()))


async def issue(visit: Visit) -> Response:
    """Issue what is missing, once confirmed; sent twice, it is issued once."""
    fields = await visit.form()
    siret, month = _siret(visit), chosen_month(visit, fields.get("month", ""))
    body = {"employer": siret, "month": str(month)}
    return await _once(visit, fields, "/v1/runs", body, done="issued")


async def close(visit: Visit) -> Response:
    """Settle and lock the month, once confirmed."""
    fields = await visit.form()
    month = chosen_month(visit, fields.get("month", ""))
    return await _once(visit, fields, f"/v1/months/{_siret(visit)}/{month}/close", {}, done="closed")


async def reopen(visit: Visit) -> Response:
    """Open it again, and those after it, for a reason."""
    fields = await visit.form()
    month = chosen_month(visit, fields.get("month", ""))
    body = {"reason": fields.get("reason", "")}
    path = f"/v1/months/{_siret(visit)}/{month}/reopen"
    return await _once(visit, {**fields, "confirmed": "yes"}, path, body, done="reopened")


async def _once(visit: Visit, fields: dict[str, str], path: str, body: dict[str, Any], *, done: str) -> Response:
    """Send it under the form's own key, then show the month; what the API refuses stands at the top."""
    month = chosen_month(visit, fields.get("month", ""))
    if fields.get("confirmed") != "yes":
        return await _page(visit, visit.words.t("runs.confirm_first"), _REFUSED, month)
    try:
        found = await visit.api.send("POST", path, json=body, headers={"idempotency-key": fields.get("key", "")})
    except Refusal as refusal:
        return await _page(visit, refusal.text, refusal.status, month)
    ran = found.get("last_run", found)
    if ran.get("parked_count"):
        done = "parked"
    elif done == "issued" and not ran["statements"]:
        done = "nothing"
    return visit.go(f"{PATH}/{_siret(visit)}", month=str(month), done=done)
