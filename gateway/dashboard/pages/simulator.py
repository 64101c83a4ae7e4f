"""The simulator: a supposed situation, the pay of each month with and without the contract, and the articles.

Everything is in the address, and nothing in it names anybody: a link can be sent. The same page is open to anybody for
the accords that the installation names.
"""

from __future__ import annotations

import math
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlencode

from starlette.responses import Response

from gateway.attempts import source_of
from gateway.dashboard.api import Api, Refusal, together
from gateway.dashboard.pictures import months
from gateway.dashboard.public import api_of, door
from gateway.dashboard.security import PREFIX
from gateway.dashboard.visit import Visit
from kit.http.problem import Problem
from kit.period import Month

REGIMES: Final = ("CNRACL", "IRCANTEC_FONCTIONNAIRE", "CONTRACTUEL_PUBLIC")
KINDS: Final = ("CMO", "CLM", "CLD", "CGM", "CITIS")
CATEGORIES: Final = ("C", "B", "A")
ELEMENTS: Final = ("tib", "nbi", "ri")
# The fields that are typed, and say what is wrong with them.
TYPED: Final = frozenset((*ELEMENTS, "service_start", "start", "end"))
# What the form begins with: an example, and not a figure of anybody.
EXAMPLE: Final = {"regime": "CNRACL", "category": "C", "kind": "CMO", "tib": "2067.57", "nbi": "0.00", "ri": "300.00"}
USUAL: Final = timedelta(days=180)
LONGEST: Final = timedelta(days=366 * 5)
# Longer is no date, no amount and no accord.
MAX_FIELD: Final = 64
PUBLIC: Final = f"{PREFIX}/simulation"


async def simulator(visit: Visit) -> Response:
    """The form; with its fields in the address, the answer below it."""
    agreements = [row["agreement"] for row in await visit.api.every("/v1/agreements")]
    fields = _fields(visit, agreements)
    found, wrong = (await _simulated(visit, visit.api, fields)) if agreements and _asked(visit) else (None, {})
    opened = fields["agreement"] in visit.request.app.state.settings.public_simulator
    shown = _shown(found, wrong, fields, agreements)
    public = f"{PUBLIC}?{urlencode(fields)}" if found and opened else ""
    return visit.page("simulator.html", 422 if wrong else 200, public=public, **shown)


async def simulation(visit: Visit) -> Response:
    """The same without an account: of the accords open to anybody, and not too often."""
    state = visit.request.app.state
    agreements = list(state.settings.public_simulator)
    fields = _fields(visit, agreements)
    if not agreements or fields["agreement"] not in agreements:
        return visit.page("problem.html", 404, title="problem.absent", detail="")
    if not _asked(visit):
        return visit.page("simulation.html", **_shown(None, {}, fields, agreements))
    try:
        async with door(state).turn(source_of(visit.request)):
            found, wrong = await _simulated(visit, await api_of(visit), fields)
    except Problem as busy:
        wait = math.ceil(busy.retry_in or 1)
        why = visit.words.t("simulator.busy", wait=wait)
        answer = visit.page("simulation.html", busy.status, **_shown(None, {"": why}, fields, agreements))
        answer.headers["retry-after"] = str(wait)
        return answer
    return visit.page("simulation.html", 422 if wrong else 200, **_shown(found, wrong, fields, agreements))


def _asked(visit: Visit) -> bool:
    return "kind" in visit.query


def _shown(
    found: dict[str, Any] | None, wrong: dict[str, str], fields: dict[str, str], agreements: list[str]
) -> dict[str, Any]:
    """What the template needs of an answer, or of what is wrong with what was asked: what no field has stands apart."""
    apart = [text for name, text in wrong.items() if name not in TYPED]
    return {
        "fields": fields,
        "agreements": agreements,
        "regimes": REGIMES,
        "kinds": KINDS,
        "categories": CATEGORIES,
        "found": found,
        "picture": months.months(found["months"]) if found and found["months"] else None,
        "periods": found["periods"] if found else [],
        "rows": [_with_totals(row) for row in found["months"]] if found else [],
        "wrong": wrong,
        "error": " ".join(dict.fromkeys(apart)),
    }


def _with_totals(row: dict[str, Any]) -> dict[str, Any]:
    """A month, with what it comes to without the contract and with it."""
    without = Decimal(row["statutory_net"]) + Decimal(row["social_security"])
    full = not Decimal(row["target_net"])
    return {**row, "full": full, "without": without, "with_cover": without + Decimal(row["benefit"])}


def _fields(visit: Visit, agreements: list[str]) -> dict[str, str]:
    today: date = visit.request.app.state.clock.day()
    usual = EXAMPLE | {
        "agreement": agreements[0] if agreements else "",
        "start": today.isoformat(),
        "end": (today + USUAL).isoformat(),
        "service_start": today.replace(year=today.year - 10, month=1, day=1).isoformat(),
    }
    given = {name: visit.query[name][:MAX_FIELD] for name in usual}
    return {name: given[name].replace(",", ".") or value for name, value in usual.items()}


async def _simulated(visit: Visit, api: Api, fields: dict[str, str]) -> tuple[dict[str, Any] | None, dict[str, str]]:
    """The answer of the API, or what is wrong with each field; with none of them, under no name."""
    days = {name: _day(fields[name]) for name in ("start", "end")}
    wrong = {name: visit.words.t("fault.date") for name, day in days.items() if day is None}
    start, end = days["start"], days["end"]
    if start is None or end is None:
        return None, wrong
    if not timedelta(0) <= end - start <= LONGEST:
        return None, {"end": visit.words.t("simulator.bad_days")}
    leaves = [{"kind": fields["kind"], "start": start.isoformat(), "end": end.isoformat()}]
    window = {"from": start.replace(day=1).isoformat(), "to": Month.of(end).period().last.isoformat()}
    before = str(Month.of(start.replace(day=1) - timedelta(days=1)))
    pay = {name: fields[name] for name in ELEMENTS}
    person: dict[str, Any] = {
        "regime": fields["regime"],
        "service_start": fields["service_start"],
        "titular": fields["regime"] != "CONTRACTUEL_PUBLIC",
    }
    body: dict[str, Any] = {
        "agreement": fields["agreement"],
        "agent": {**person, "category": fields["category"]},
        "reference_pay": {"month": before, **pay},
        "leaves": leaves,
        **window,
    }
    stay = {"agent": person, "leaves": leaves, **window}
    worked = {"month": before, "regime": fields["regime"], "category": fields["category"], "pay": pay}
    try:
        found, rights, net = await together(
            api.send("POST", "/v1/simulations/benefits", json=body),
            api.send("POST", "/v1/simulations/statutory-pay", json=stay),
            api.send("POST", "/v1/simulations/net-pay", json=worked),
        )
    except Refusal as refusal:
        # `/reference_pay/tib`, `/agent/service_start`: the last part is what the form calls it.
        at = {name.rpartition(".")[2]: text for name, text in visit.wrong(refusal).items()}
        return None, at or {"": refusal.text}
    return {**found, "periods": rights["periods"], "worked": {"month": before, "net": net["net"]}}, {}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
