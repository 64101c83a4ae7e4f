"""Accords: which there are, and one with its parties, its history, and its terms side by side on two days."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from starlette.responses import Response

from gateway.dashboard.api import Refusal, together
from gateway.dashboard.exports import Column, at_once, exported
from gateway.dashboard.names import employer_names, people, user_names
from gateway.dashboard.pages.agreement_effects import priced, replaced
from gateway.dashboard.security import PREFIX
from gateway.dashboard.terms import group_name, grouped, term_name, term_value
from gateway.dashboard.visit import Visit
from kit.whole import whole_number

SHOWN: Final = 50
YEAR: Final = timedelta(days=365)
CHANNELS: Final = ("HAND", "POST", "EMAIL")
_COMPARED: Final = ("rate", "employer_share", "mandatory", "rates_guaranteed")


async def agreements(visit: Visit) -> Response:
    """The accords of the person's employers."""
    found = await visit.api.get("/v1/agreements", limit=SHOWN, cursor=visit.query["cursor"])
    return visit.page("agreements.html", rows=found["items"], next=found.get("next"))


async def export(visit: Visit) -> Response:
    """The list as a file."""
    rows = await visit.api.every("/v1/agreements")
    columns = [Column("simulator.agreement", lambda row: row["agreement"])]
    return await exported(visit, "accords", columns, at_once(rows))


async def agreement(visit: Visit) -> Response:
    """One accord. The two days compared are in the address: today, and a year before, unless said; or two versions."""
    return await _page(visit)


async def hand_over(visit: Visit) -> Response:
    """Note that an agent was handed a version of the notice, and what proves it."""
    fields = await visit.form()
    key, version = visit.request.path_params["agreement"], visit.request.path_params["version"]
    body = {name: fields.get(name, "") for name in ("agent", "employer", "on", "channel", "proof")}
    try:
        await visit.api.send("POST", f"/v1/agreements/{key}/notices/{version}/deliveries", json=body)
    except Refusal as refusal:
        return await _page(visit, refusal)
    return visit.go(f"{PREFIX}/agreements/{key}", done="notice")


async def deposit(visit: Visit) -> Response:
    """Deposit the insurer's notice, or its next version; what was typed stays where it is refused."""
    fields = await visit.form()
    key = visit.request.path_params["agreement"]
    body = {name: fields[name] for name in ("insurer", "issued_on", "reference", "digest") if fields.get(name)}
    try:
        await visit.api.send("POST", f"/v1/agreements/{key}/notices", json=body)
    except Refusal as refusal:
        return await _page(visit, refusal, fields)
    return visit.go(f"{PREFIX}/agreements/{key}", done="deposited")


async def _page(visit: Visit, refusal: Refusal | None = None, deposit: dict[str, str] | None = None) -> Response:
    key, today = visit.request.path_params["agreement"], visit.request.app.state.clock.day()
    path = f"/v1/agreements/{key}"
    found, history, notices, waiting, employers = await together(
        visit.api.get(path),
        visit.api.maybe(path + "/history"),
        visit.api.maybe(path + "/notices"),
        visit.api.maybe(path + "/notices/waiting", limit=SHOWN, cursor=visit.query["waiting"]),
        employer_names(visit),
    )
    bound = found["document"]["employers"]
    employers = {one["siret"]: one["name"] for one in bound} | employers
    spoken = first_days(history, found["document"]["effective"]["from"])
    left, right = _day(visit.query["left"], spoken, today - YEAR), _day(visit.query["right"], spoken, today)
    before, after, compared = await together(
        visit.api.maybe(path + "/terms", as_of=left),
        visit.api.maybe(path + "/terms", as_of=right),
        visit.api.maybe(path + "/comparison", before=left, after=right),
    )
    first = whole_number(visit.query["employers"]) or 0
    to_hand = _to_hand(visit, waiting)
    return visit.form_page(
        "agreement.html",
        refusal,
        bound=bound[first : first + SHOWN],
        places=(first, len(bound)),
        beside=beside(first, len(bound)),
        agreement=found,
        document=found["document"],
        history=history or {},
        days=(left, right),
        rows=side_by_side(before, after),
        compared=compared,
        replaced=replaced(visit, compared, spoken),
        priced=await priced(visit, key, compared, len(bound)),
        groups=grouped(compared["changes"]) if compared else {},
        group=lambda one: group_name(visit.words, one, employers),
        term=lambda one: term_name(visit.words, one),
        said=lambda one, text: term_value(visit.words, one, text),
        employers=employers,
        authors=await user_names(visit),
        waiting=waiting or {},
        to_hand=to_hand,
        notices=notices["versions"] if notices else [],
        insurers={one["code"]: one["name"] for one in found["document"].get("insurers", ())},
        deposit=deposit or {},
        may_revalue=visit.may("claims:read") and visit.person.employers is None,
        channels=CHANNELS,
        may_write=visit.may("agreements:write"),
        today=today.isoformat(),
        people=await people(visit, {one["agent"] for one in to_hand}),
    )


def _to_hand(visit: Visit, waiting: Any) -> list[dict[str, Any]]:
    """Who waits for a notice; first the one whom the address names, who may be further down the list."""
    rows = waiting["items"] if waiting else []
    asked = visit.only("agent", "employer", "version")
    version = whole_number(asked["version"])
    if asked["agent"] and asked["employer"] and version is not None:
        named = {**asked, "version": version, "issued": True}
        same = [one for one in rows if all(one[name] == named[name] for name in asked)]
        rows = [*(same or [named]), *(one for one in rows if one not in same)]
    return rows


def first_days(history: Any, start: str) -> dict[str, str]:
    """From which day each version speaks, by its name in an address.

    >>> first_days({"items": [{"kind": "VERSION", "version": 1, "from": None}, {"kind": "STEP"}]}, "2025-01-01")
    {'v1': '2025-01-01'}
    """
    entries = history["items"] if history else ()
    return {f"v{one['version']}": one["from"] or start for one in entries if one["kind"] == "VERSION"}


def beside(first: int, many: int) -> list[int]:
    """Where the employers before those of a page begin, and those after.

    >>> beside(50, 120), beside(0, 4)
    ([0, 100], [])
    """
    return [place for place in (first - SHOWN, first + SHOWN) if 0 <= place < many]


def side_by_side(before: Any, after: Any) -> list[dict[str, Any]]:
    """The guarantees of two days, line by line; `changed` names what differs, `None` stands where one has none.

    >>> base = {"code": "BASE", "rate": "0.0205", "employer_share": "1", "mandatory": True, "rates_guaranteed": True}
    >>> rows = side_by_side({"guarantees": [base]}, {"guarantees": [base | {"rate": "0.0235"}]})
    >>> rows[0]["code"], rows[0]["changed"]
    ('BASE', ['rate'])
    """
    left, right = _by_code(before), _by_code(after)
    rows = []
    for code in dict.fromkeys([*left, *right]):
        one, other = left.get(code), right.get(code)
        changed = [name for name in _COMPARED if (one or {}).get(name) != (other or {}).get(name)]
        rows.append({"code": code, "left": one, "right": other, "changed": changed})
    return rows


def _by_code(terms: Any) -> dict[str, dict[str, Any]]:
    return {one["code"]: one for one in terms["guarantees"]} if terms else {}


def _day(text: str, spoken: dict[str, str], usual: date) -> str:
    """A day, or the first of a version."""
    try:
        return spoken.get(text) or date.fromisoformat(text).isoformat()
    except ValueError:
        return usual.isoformat()
