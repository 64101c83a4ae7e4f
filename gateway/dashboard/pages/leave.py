"""One leave on a page: its stops, its days by pay, who paid for it before, who stands in; and what changes it.

Every act is an operation of the API; the file's version that was read goes with those that change the leave.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from starlette.responses import Response

from gateway.dashboard.api import Answer, Refusal, together
from gateway.dashboard.names import employer_names
from gateway.dashboard.pages.payments import amount_of
from gateway.dashboard.security import PREFIX, BadForm
from gateway.dashboard.visit import Filters, Visit
from kit.ids import new_id
from rules.vocabulary import LeaveKind

ABSENT: Final = 404
_PAY: Final = ("tib", "nbi", "ri")
# What an act asks for, as the API names it; `paid` and the reference pay are put together apart.
_FIELDS: Final = {
    "renew": ("start", "end"),
    "shorten": ("end",),
    "requalify": ("kind", "from"),
    "cancel": (),
    "take_over": ("agreement", "from", "former_insurer"),
    "give_back": ("reason",),
    "replace": ("start", "end"),
    "not_replaced": ("start", "end"),
}
# Those that change the leave itself, hence the file.
_OF_FILE: Final = frozenset({"shorten", "requalify", "cancel"})
_ONCE: Final = frozenset({"take_over", "give_back"})


async def leave(visit: Visit) -> Response:
    """The page, and what is sent from it: the act is named by the form."""
    if visit.request.method != "POST":
        return await _page(visit)
    fields = await visit.form()
    act = fields.get("act", "")
    if act not in _FIELDS:
        raise BadForm
    key, which = visit.request.path_params["agent"], visit.request.path_params["leave"]
    path = f"{PREFIX}/agents/{key}/leaves/{which}"
    try:
        answer = await _send(visit, act, fields)
    except Refusal as refusal:
        return await _page(visit, fields, refusal)
    if act == "cancel":
        return visit.go(f"{PREFIX}/agents/{key}", done="leave_cancelled")
    if remarks := answer.get("warnings"):
        return await _page(visit, remarks=remarks)
    return visit.go(path, done=act)


async def _send(visit: Visit, act: str, fields: Mapping[str, str]) -> Answer:
    key, which = str(visit.request.path_params["agent"]), str(visit.request.path_params["leave"])
    path, about = f"/v1/agents/{key}/leaves/{which}", {"employer": fields.get("employer", ""), "agent": key}
    body = body_of(act, fields)
    if act == "renew":
        return await visit.api.send("POST", f"{path}/extensions", json=body)
    if act in _OF_FILE:
        return await visit.api.send("PATCH", path, json=body, headers={"if-match": fields.get("version", "")})
    if act in _ONCE:
        path = "/v1/claims/takeovers" + ("/cancellations" if act == "give_back" else "")
        headers = {"idempotency-key": fields.get("key", "")}
        return await visit.api.send("POST", path, json={**about, "leave": which, **body}, headers=headers)
    return await visit.api.send("PUT", "/v1/claims/replacements", json={**about, **body})


def body_of(act: str, fields: Mapping[str, str]) -> dict[str, Any]:
    """What an act says of the leave; a field left empty is not said.

    >>> body_of("requalify", {"kind": "DO", "from": "2026-03-01", "paid": "no"})
    {'kind': 'DO', 'from': '2026-03-01', 'paid': False}
    >>> body_of("take_over", {"from": "2026-03-01", "reference_pay.tib": "2 000,50"})
    {'from': '2026-03-01', 'reference_pay': {'tib': '2000.50'}}
    >>> body_of("cancel", {}), body_of("not_replaced", {"start": "2026-03-01", "end": ""})
    ({'cancelled': True}, {'start': '2026-03-01', 'withdrawn': True})
    """
    body: dict[str, Any] = {name: fields[name] for name in _FIELDS[act] if fields.get(name)}
    if act == "requalify" and fields.get("paid"):
        body["paid"] = fields["paid"] == "yes"
    if act == "take_over":
        month = {"month": fields["reference_pay.month"]} if fields.get("reference_pay.month") else {}
        told = {name: amount_of(text) for name in _PAY if (text := fields.get(f"reference_pay.{name}"))}
        body |= {"reference_pay": month | told} if month or told else {}
    if act == "cancel":
        body["cancelled"] = True
    if act == "not_replaced":
        body["withdrawn"] = True
    return body


async def _page(
    visit: Visit,
    sent: dict[str, str] | None = None,
    refusal: Refusal | None = None,
    remarks: Sequence[Mapping[str, Any]] = (),
) -> Response:
    key, which = str(visit.request.path_params["agent"]), str(visit.request.path_params["leave"])
    file, employers = await together(visit.api.get(f"/v1/agents/{key}"), employer_names(visit))
    found = next((one for one in file["leaves"] if one["id"] == which), None)
    if found is None:
        raise Refusal(ABSENT, {})
    api, employer, today = visit.api, found["employer"], visit.request.app.state.clock.day()
    until = found["end"] or max(today.isoformat(), found["start"])
    rights, claims, takeovers, replaced, parties = await together(
        api.maybe("/v1/entitlements", agent=key, from_=found["start"], to=until),
        api.every("/v1/claims", agent=key),
        api.every("/v1/claims/takeovers", agent=key),
        api.maybe("/v1/claims/replacements", agent=key, employer=employer),
        api.every("/v1/agreements/parties", employer=employer, as_of=today.isoformat()),
    )
    entry, fields = found["entries"][-1], Filters(sent or {})
    return visit.form_page(
        "leave.html",
        refusal,
        agent=file,
        etag=file.etag or "",
        leave=found,
        employers=employers,
        rights=rights,
        claims=[one for one in claims if one["leave"] == which],
        takeover=next((one for one in takeovers if one["leave"] == which), None),
        replaced=sorted(replaced["replacements"], key=lambda one: str(one["start"]), reverse=True) if replaced else [],
        agreements=sorted({one["agreement"] for one in parties}),
        kinds=list(LeaveKind),
        follows=_day_after(entry["end"]),
        act=fields["act"],
        fields=fields,
        remarks=remarks,
        key=str(new_id()),
        may_write=visit.may("agents:write"),
        may_claim=visit.may("claims:write"),
        may_read=visit.may("claims:read"),
        today=today.isoformat(),
    )


def _day_after(end: str | None) -> str:
    return (date.fromisoformat(end) + timedelta(days=1)).isoformat() if end else ""
