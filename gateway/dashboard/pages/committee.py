"""The follow-up committee of an accord: who sits, its meetings and what they decided, and what is overdue (art. 7)."""

from __future__ import annotations

from typing import Any, Final

from starlette.responses import Response

from gateway.dashboard.api import Refusal, together
from gateway.dashboard.security import PREFIX
from gateway.dashboard.visit import Filters, Visit

SIDES: Final = ("EMPLOYER", "UNION")


async def committee(visit: Visit) -> Response:
    """The committee today."""
    return await _page(visit)


async def meet(visit: Visit) -> Response:
    """Record a meeting and its decisions: a line each, as people who attended."""
    fields = await visit.form()
    body: dict[str, Any] = {
        "held_on": fields.get("held_on", ""),
        "attendees": lines(fields.get("attendees", "")),
        "decisions": lines(fields.get("decisions", "")),
    }
    body |= {"sent_on": fields["sent_on"]} if fields.get("sent_on") else {}
    return await _sent(visit, fields, "meetings", body, done="met")


async def send(visit: Visit) -> Response:
    """Note the day on which the record of a meeting went to the signatories."""
    fields = await visit.form()
    what = f"meetings/{visit.request.path_params['held_on']}/sending"
    return await _sent(visit, fields, what, {"on": fields.get("on", "")}, done="sent")


async def seat(visit: Visit) -> Response:
    """Name somebody who sits, for an employer or for a union that signed."""
    fields = await visit.form()
    side, _, party = fields.get("for", "").partition(":")
    body = {"side": side, "party": party, "name": fields.get("name", ""), "from": fields.get("from", "")}
    return await _sent(visit, fields, "members", body, done="seated")


async def leave(visit: Visit) -> Response:
    """Note the last day of somebody who sits."""
    fields = await visit.form()
    body = {name: fields.get(name, "") for name in ("side", "party", "name", "on")}
    return await _sent(visit, fields, "members/leaving", body, done="left")


def lines(text: str) -> list[str]:
    r"""What stands on each line that is not empty.

    >>> lines("Bilan approuvé.\r\n\r\n  Taux maintenus. ")
    ['Bilan approuvé.', 'Taux maintenus.']
    """
    return [line for one in text.splitlines() if (line := one.strip())]


async def _page(visit: Visit, sent: dict[str, str] | None = None, refusal: Refusal | None = None) -> Response:
    key = visit.request.path_params["agreement"]
    path = f"/v1/agreements/{key}"
    agreement, found = await together(visit.api.get(path), visit.api.get(f"{path}/committee"))
    document = agreement["document"]
    today = visit.request.app.state.clock.day().isoformat()
    unions = [one["party"] for one in document.get("signatories", ()) if one["side"] == "UNION"]
    return visit.form_page(
        "committee.html",
        refusal,
        agreement=agreement,
        document=document,
        committee=found,
        meetings=sorted(found["meetings"], key=lambda one: str(one["held_on"]), reverse=True),
        parties={"EMPLOYER": [one["name"] for one in document["employers"]], "UNION": sorted(set(unions))},
        fields=Filters(sent or {}),
        may_write=visit.may("agreements:write"),
        today=today,
    )


async def _sent(visit: Visit, fields: dict[str, str], what: str, body: dict[str, Any], *, done: str) -> Response:
    """Send it, then show the committee again; what the API refuses stands at its top, with what was typed."""
    key = visit.request.path_params["agreement"]
    try:
        await visit.api.send("POST", f"/v1/agreements/{key}/committee/{what}", json=body)
    except Refusal as refusal:
        return await _page(visit, fields, refusal)
    return visit.go(f"{PREFIX}/agreements/{key}/committee", done=done)
