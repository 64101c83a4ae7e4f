"""The simulator: a supposed situation, the pay of each month with and without the contract, and the articles.

Everything is in the address, and nothing in it names anybody: a link can be sent.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from starlette.responses import Response

from gateway.dashboard.api import Refusal, together
from gateway.dashboard.pictures import months
from gateway.dashboard.visit import Visit
from kit.period import Month

REGIMES: Final = ("CNRACL", "IRCANTEC_FONCTIONNAIRE", "CONTRACTUEL_PUBLIC")
KINDS: Final = ("CMO", "CLM", "CLD", "CGM", "CITIS")
CATEGORIES: Final = ("C", "B", "A")
# What the form begins with: an example, and not a figure of anybody.
EXAMPLE: Final = {"regime": "CNRACL", "category": "C", "kind": "CMO", "tib": "2067.57", "nbi": "0.00", "ri": "300.00"}
USUAL: Final = timedelta(days=180)
LONGEST: Final = timedelta(days=366 * 5)


async def simulator(visit: Visit) -> Response:
    """The form; with its fields in the address, the answer below it."""
    agreements = [row["agreement"] for row in await visit.api.every("/v1/agreements")]
    fields = _fields(visit, agreements)
    asked = "kind" in visit.query and bool(agreements)
    found, error = (await _simulated(visit, fields)) if asked else (None, "")
    picture = months.months(found["months"]) if found and found["months"] else None
    return visit.page(
        "simulator.html",
        422 if error else 200,
        fields=fields,
        agreements=agreements,
        regimes=REGIMES,
        kinds=KINDS,
        categories=CATEGORIES,
        found=found,
        picture=picture,
        periods=found["periods"] if found else [],
        rows=[_with_totals(row) for row in found["months"]] if found else [],
        error=error,
    )


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
    return {name: visit.query[name].replace(",", ".") or value for name, value in usual.items()}


async def _simulated(visit: Visit, fields: dict[str, str]) -> tuple[dict[str, Any] | None, str]:
    """The answer of the API, or what it says is wrong."""
    try:
        start, end = date.fromisoformat(fields["start"]), date.fromisoformat(fields["end"])
    except ValueError:
        return None, visit.words.t("simulator.bad_days")
    if not timedelta(0) <= end - start <= LONGEST:
        return None, visit.words.t("simulator.bad_days")
    leaves = [{"kind": fields["kind"], "start": start.isoformat(), "end": end.isoformat()}]
    window = {"from": start.replace(day=1).isoformat(), "to": Month.of(end).period().last.isoformat()}
    person: dict[str, Any] = {
        "regime": fields["regime"],
        "service_start": fields["service_start"],
        "titular": fields["regime"] != "CONTRACTUEL_PUBLIC",
    }
    body: dict[str, Any] = {
        "agreement": fields["agreement"],
        "agent": {**person, "category": fields["category"]},
        "reference_pay": {
            "month": str(Month.of(start.replace(day=1) - timedelta(days=1))),
            **{name: fields[name] for name in ("tib", "nbi", "ri")},
        },
        "leaves": leaves,
        **window,
    }
    days = {"agent": person, "leaves": leaves, **window}
    try:
        found, rights = await together(
            visit.api.send("POST", "/v1/simulations/benefits", json=body),
            visit.api.send("POST", "/v1/simulations/statutory-pay", json=days),
        )
    except Refusal as refusal:
        return None, refusal.text
    return {**found, "periods": rights["periods"]}, ""
