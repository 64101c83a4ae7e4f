"""The revaluations of an accord's annuities, as its insurer states them: those that stand, and one more."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from starlette.responses import Response

from gateway.dashboard.api import Refusal, together
from gateway.dashboard.pages.payments import amount_of
from gateway.dashboard.security import PREFIX
from gateway.dashboard.visit import Filters, Visit

PATH = "/v1/annuities/revaluations"


async def revaluations(visit: Visit) -> Response:
    """Those of an accord, and the form; the day of the address is proposed."""
    key = visit.request.path_params["agreement"]
    if visit.request.method != "POST":
        return await _page(visit, key, visit.only("from"))
    fields = await visit.form()
    body: dict[str, Any] = {"agreement": key, "rate": fraction_of(fields.get("rate", ""))}
    body |= {"from": fields["from"]} if fields.get("from") else {}
    try:
        await visit.api.send("PUT", PATH, json=body)
    except Refusal as refusal:
        return await _page(visit, key, fields, refusal)
    return visit.go(f"{PREFIX}/agreements/{key}/revaluations", done="1")


def fraction_of(text: str) -> str:
    """A percentage as people write it, as the API reads a rate; what is none is left for the API to refuse.

    >>> fraction_of("2,5 %"), fraction_of("0.8"), fraction_of("deux")
    ('0.025', '0.008', 'deux')
    """
    plain = amount_of(text.replace("%", ""))
    try:
        return f"{Decimal(plain).scaleb(-2):f}"
    except InvalidOperation:
        return plain


async def _page(visit: Visit, key: str, fields: dict[str, str], refusal: Refusal | None = None) -> Response:
    agreement, found = await together(visit.api.get(f"/v1/agreements/{key}"), visit.api.get(PATH, agreement=key))
    return visit.form_page(
        "revaluations.html",
        refusal,
        agreement=agreement,
        document=agreement["document"],
        rows=found["revaluations"][::-1],
        fields=Filters(fields),
        may_write=visit.may("claims:write"),
    )
