"""What must be paid back: the list, and one overpayment with its clocks, paid back, spread over months or given up."""

from __future__ import annotations

from typing import Any, Final

from starlette.responses import Response

from gateway.dashboard.api import Refusal, together
from gateway.dashboard.exports import Column, exported
from gateway.dashboard.names import employer_names, people
from gateway.dashboard.pages.payments import amount_of
from gateway.dashboard.security import PREFIX
from gateway.dashboard.visit import Filters, Visit
from kit.ids import new_id
from kit.whole import whole_number

SHOWN: Final = 50
PATH: Final = f"{PREFIX}/overpayments"
# The API holds a waiver to these again.
GROUNDS: Final = ("ACQUIRED_HALF_PAY", "PRESCRIBED", "HARDSHIP", "INSURER_DECISION", "SMALL_AMOUNT")
_ALL: Final = "all"


async def overpayments(visit: Visit) -> Response:
    """A page of the list: those that are not settled, or all where the address says so."""
    found, employers = await together(
        visit.api.get("/v1/overpayments", limit=SHOWN, cursor=visit.query["cursor"], **_asked(visit)),
        employer_names(visit),
    )
    return visit.page(
        "overpayments.html",
        rows=await _named(visit, found["items"]),
        next=found.get("next"),
        employers=employers,
        filters=visit.only("show"),
    )


async def export(visit: Visit) -> Response:
    """The list as a file."""
    rows = (await _named(visit, page) async for page in visit.api.pages("/v1/overpayments", _asked(visit)))
    names = await employer_names(visit)
    columns = [
        Column("benefit.month", lambda row: row["month"]),
        Column("worklist.agent", lambda row: row["person"].name if row["person"] else ""),
        Column("worklist.matricule", lambda row: row["person"].matricule if row["person"] else ""),
        Column("worklist.employer", lambda row: row["employer"]),
        Column("worklist.employer_name", lambda row: names.get(row["employer"], "")),
        Column("overpayments.kind", lambda row: visit.words.of("overpayment_kind", row["kind"])),
        Column("agent.amount", lambda row: row["amount"]),
        Column("agent.balance", lambda row: row["balance"]),
        Column("agent.employer_until", lambda row: row["employer_until"]),
        Column("agent.insurer_until", lambda row: row["insurer_until"] or ""),
    ]
    return await exported(visit, "trop-percus" if visit.words.language == "fr" else "overpayments", columns, rows)


def _asked(visit: Visit) -> dict[str, Any]:
    return {} if visit.query["show"] == _ALL else {"open": "true"}


async def _named(visit: Visit, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    known = await people(visit, {row["agent"] for row in rows})
    return [{**row, "person": known.get(row["agent"])} for row in rows]


async def overpayment(visit: Visit) -> Response:
    """One of them."""
    return await _one(visit)


async def _one(visit: Visit, sent: dict[str, str] | None = None, error: str = "", status: int = 200) -> Response:
    found, employers = await together(
        visit.api.get(f"/v1/overpayments/{visit.request.path_params['overpayment']}"), employer_names(visit)
    )
    (row,) = await _named(visit, [found])
    return visit.page(
        "overpayment.html",
        status,
        one=row,
        employers=employers,
        grounds=GROUNDS,
        may_write=visit.may("claims:write"),
        today=visit.request.app.state.clock.day().isoformat(),
        fields=Filters(sent or {}),
        key=(sent or {}).get("key") or str(new_id()),
        error=error,
    )


async def recover(visit: Visit) -> Response:
    """Note a part that was paid back."""
    fields = await visit.form()
    body = {"amount": amount_of(fields.get("amount", "")), "on": fields.get("on", "")}
    return await _sent(visit, fields, "POST", "recoveries", body | _note(fields), done="recovered")


async def waive(visit: Visit) -> Response:
    """Give up a part, or all that is left."""
    fields = await visit.form()
    body = {"ground": fields.get("ground", ""), "on": fields.get("on", "")} | _note(fields)
    if amount := amount_of(fields.get("amount", "")):
        body["amount"] = amount
    return await _sent(visit, fields, "POST", "waivers", body, done="waived")


async def schedule(visit: Visit) -> Response:
    """Spread what is left over months."""
    fields = await visit.form()
    said = fields.get("instalments", "")
    count = whole_number(said)
    body = {"instalments": said if count is None else count, "first_due": fields.get("first_due", "")}
    return await _sent(visit, fields, "PUT", "schedule", body, done="scheduled")


def _note(fields: dict[str, str]) -> dict[str, str]:
    return {"note": fields["note"]} if fields.get("note") else {}


async def _sent(
    visit: Visit, fields: dict[str, str], method: str, what: str, body: dict[str, Any], *, done: str
) -> Response:
    """Send it, then show the overpayment again; what the API refuses stands at its top."""
    key, headers = visit.request.path_params["overpayment"], {}
    if method == "POST":
        headers = {"idempotency-key": f"{what}-{fields.get('key', '')}"}
    try:
        await visit.api.send(method, f"/v1/overpayments/{key}/{what}", json=body, headers=headers)
    except Refusal as refusal:
        return await _one(visit, fields, refusal.text, refusal.status)
    return visit.go(f"{PATH}/{key}", done=done)
