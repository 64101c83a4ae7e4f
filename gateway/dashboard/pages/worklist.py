"""What needs somebody today, soonest first: one list, its filters in the address, one click to act."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from starlette.responses import Response

from gateway.dashboard.api import together
from gateway.dashboard.exports import Column, at_once, exported
from gateway.dashboard.names import employer_names, people
from gateway.dashboard.pages.worklist_besides import BESIDES, besides
from gateway.dashboard.security import PREFIX
from gateway.dashboard.visit import Filters, Visit
from gateway.dashboard.words import Words, catalogue
from gateway.domain.work_items import (
    CLAIM,
    COVER,
    DOCUMENTS,
    HALF_PAY,
    INSURER,
    KINDS,
    NOTICE,
    OVERPAYMENT,
    PAYMENT,
    PENSION,
)

SHOWN: Final = 50
# Their date is the first day at half pay: nobody is late by it, but somebody goes without.
OF_HALF_PAY: Final = (HALF_PAY, CLAIM, DOCUMENTS)
# What the page of an agent's daily allowances is for.
_ALLOWANCES: Final = ("daily-allowance-missing", "daily-allowance-doubtful")
# A reference that names no page but the agent's.
OF_AGENT: Final = "/v1/entitlements?"
_FILTERS: Final = ("employer", "kind", "due_before")
# The page of what the reference names, `/v1/<these>/<it>`, and the place on it; or the place on the agent's page.
_OF_ITS_OWN: Final = {
    CLAIM: ("claims", ""),
    DOCUMENTS: ("claims", "#documents"),
    OVERPAYMENT: ("overpayments", ""),
    "statement-late": ("statements", "#payments"),
    PAYMENT: ("claims", "#insurer"),
    INSURER: ("claims", "#insurer"),
    "claim-to-declare": ("claims", ""),
    "claim-prescription": ("claims", "#insurer"),
    "overpayment-prescription": ("overpayments", "#movements"),
}
_ON_AGENT: Final = {
    PENSION: "annuities",
    COVER: "cover",
    "dispense-proof": "dispenses",
    "private-law-by-hand": "claims",
    "case-held": "timeline",
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
    today: date = visit.request.app.state.clock.day()
    kinds = (*KINDS, *BESIDES)
    return visit.page(
        "worklist.html",
        rows=[{**row, **said(visit.words, row, today)} for row in sorted([*own, *shown], key=_due)],
        counts=counts,
        total=sum(counts.values()),
        next=None if chosen in BESIDES else found["next"],
        kinds=[kind for kind in kinds if counts.get(kind) or kind == chosen],
        employers=employers,
        filters=filters,
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
    today: date = visit.request.app.state.clock.day()
    columns = [
        Column("worklist.due", lambda row: row["due"] or ""),
        Column("worklist.kind", lambda row: said(visit.words, row, today)["title"]),
        Column("worklist.late", lambda row: said(visit.words, row, today)["late"]),
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
    >>> where({"kind": "overpayment", "reference": "/v1/overpayments/8", "agent": "3"})
    '/app/overpayments/8'
    >>> where({"kind": "contributions-parked", "reference": "/v1/runs/parked/7", "employer": "9", "agent": None})
    '/app/runs/parked?employer=9#parked-7'
    >>> notice = {"kind": "notice-undelivered", "reference": "/v1/agreements/x/notices/2#3"}
    >>> where({**notice, "agent": "3", "employer": "9"})
    '/app/agreements/x?agent=3&employer=9&version=2#notices'
    >>> where({"kind": "daily-allowance-missing", "reference": "/v1/entitlements?x", "agent": "3", "employer": "9"})
    '/app/agents/3/daily-allowances?employer=9'
    >>> where({"kind": "half-pay-without-claim", "reference": "/v1/agents/3/leaves/4", "agent": "3"})
    '/app/agents/3/leaves/4'
    """
    kind, parts = item["kind"], item["reference"].split("/")
    if kind == NOTICE:
        named = f"agent={item['agent']}&employer={item['employer']}&version={parts[5].partition('#')[0]}"
        return f"{PREFIX}/agreements/{parts[3]}?{named}#notices"
    if kind in _ALLOWANCES:
        return f"{PREFIX}/agents/{item['agent']}/daily-allowances?employer={item['employer']}"
    if kind == HALF_PAY:
        return f"{PREFIX}/agents/{item['agent']}/leaves/{parts[-1]}"
    if kind == "contributions-parked":
        return f"{PREFIX}/runs/parked?employer={item['employer']}#parked-{parts[-1]}"
    if kind in _OF_ITS_OWN and not item["reference"].startswith(OF_AGENT):
        page, place = _OF_ITS_OWN[kind]
        return f"{PREFIX}/{page}/{parts[3]}{place}"
    return f"{PREFIX}/agents/{item['agent']}#{_ON_AGENT.get(kind, 'leaves')}" if item["agent"] else ""


def said(words: Words, row: Mapping[str, Any], today: date) -> dict[str, str]:
    """What an item is called on a day, and since when it is late, if it is.

    >>> row = {"kind": "half-pay-without-claim", "due": "2026-05-02"}
    >>> said(Words("en"), row, date(2026, 5, 1))
    {'title': 'Half pay near without a claim', 'late': ''}
    >>> said(Words("en"), row, date(2026, 5, 5))
    {'title': 'On half pay without a claim', 'late': 'On half pay for 3 d'}
    >>> said(Words("fr"), {"kind": "statement-late", "due": "2026-05-02"}, date(2026, 5, 5))["late"]
    'En retard de 3 j'
    """
    kind, due = row["kind"], date.fromisoformat(row["due"]) if row["due"] else None
    title = words.of("work", kind)
    if due is None or due > today:
        return {"title": title, "late": ""}
    key = "worklist.on_half_pay" if kind in OF_HALF_PAY else "worklist.late_by"
    late = words.t(key, days=(today - due).days) if due < today else ""
    return {"title": words.t(f"work_late.{kind}") if f"work_late.{kind}" in catalogue() else title, "late": late}
