"""Ending an accord: what it would change and for how many, then, confirmed, done."""

from __future__ import annotations

from typing import Any, Final

from starlette.responses import Response

from gateway.dashboard.api import Refusal
from gateway.dashboard.names import employer_names
from gateway.dashboard.security import PREFIX
from gateway.dashboard.visit import Filters, Visit

# An accord of a region ends for each of its employers: so many lines are shown, and how many there are is said.
SHOWN: Final = 50
_ASKED: Final = ("on", "reason")


async def end(visit: Visit) -> Response:
    """The form; sent, what the end would change; confirmed as it was shown, the accord with its end."""
    key = visit.request.path_params["agreement"]
    if visit.request.method != "POST":
        return await _form(visit, key, {})
    fields = await visit.form()
    body = {name: fields.get(name, "") for name in _ASKED}
    if fields.get("confirm"):
        body["confirm"] = fields["confirm"]
    try:
        found = await visit.api.send("POST", f"/v1/agreements/{key}/denunciation", json=body)
    except Refusal as refusal:
        return await _form(visit, key, fields, refusal=refusal)
    if found["applied"]:
        return visit.go(f"{PREFIX}/agreements/{key}", done="ended")
    return await _form(visit, key, fields, preview=found)


async def _form(
    visit: Visit,
    key: str,
    fields: dict[str, str],
    *,
    preview: dict[str, Any] | None = None,
    refusal: Refusal | None = None,
) -> Response:
    return visit.form_page(
        "agreement_end.html",
        refusal,
        agreement=key,
        fields=Filters(fields),
        preview=preview,
        effects=preview["effects"][:SHOWN] if preview else [],
        employers=await employer_names(visit),
    )
