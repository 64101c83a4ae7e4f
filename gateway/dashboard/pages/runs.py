"""A month of every employer: issued, foreseen, how it differs from the month before, and what needs somebody."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, Final

from starlette.responses import Response

from gateway.dashboard.api import Refusal, together
from gateway.dashboard.exports import Column, exported
from gateway.dashboard.names import employer_names
from gateway.dashboard.security import PREFIX
from gateway.dashboard.visit import Visit
from kit.http.types import BOUNDED_MONTH_PATTERN
from kit.ids import new_id
from kit.period import Month

SHOWN: Final = 50
PATH: Final = f"{PREFIX}/runs"
OVERVIEW: Final = "/v1/runs/overview"
UNFINISHED: Final = frozenset({"receiving", "waiting", "running"})
_MONTH: Final = re.compile(BOUNDED_MONTH_PATTERN)
_REFUSED: Final = 422


def asked_month(visit: Visit, text: str = "") -> Month | None:
    """The month asked for, by the address unless said; None when it is none."""
    asked = text or visit.query["month"]
    return Month.parse(asked) if _MONTH.match(asked) else None


def chosen_month(visit: Visit, text: str) -> Month:
    """That of a form; this one where it names none."""
    today: date = visit.request.app.state.clock.day()
    return asked_month(visit, text) or Month.of(today)


def no_month(visit: Visit) -> str:
    """What to tell whoever asks for a month that is none."""
    asked = visit.query["month"]
    return visit.words.t("runs.no_month") if asked and asked_month(visit) is None else ""


async def latest_month(visit: Visit, employer: str) -> Month:
    """The last month of which something is known, of an employer or of all."""
    found = await visit.api.get(OVERVIEW, limit=1, employer=employer)
    return Month.parse(found["month"])


async def runs(visit: Visit) -> Response:
    """The month; who stands for one employer sees that one."""
    own = visit.person.employers
    if own is not None and len(own) == 1:
        return visit.go(f"{PATH}/{next(iter(own))}", **visit.only("month"))
    return await _page(visit)


async def _page(visit: Visit, error: str = "", status: int = 200, month: Month | None = None) -> Response:
    error = error or ("" if month else no_month(visit))
    month = month or asked_month(visit)
    filters = visit.only("employer", "attention")
    shown = {"month": str(month)} if month else {}
    found, jobs, employers = await together(
        visit.api.get(OVERVIEW, limit=SHOWN, cursor=visit.query["cursor"], **shown, **_asked(filters)),
        visit.api.maybe("/v1/runs/regional", limit=SHOWN),
        employer_names(visit),
    )
    month = Month.parse(found["month"])
    job = next((one for one in jobs["items"] if one["month"] == str(month)), None) if jobs else None
    refused = await visit.api.maybe(f"/v1/runs/regional/{job['id']}/refused") if job and job["refused"] else None
    return visit.page(
        "runs.html",
        status,
        rows=found["items"],
        next=found.get("next"),
        totals=found["totals"],
        chosen=str(month),
        around=(str(month.previous()), str(month.next())),
        employers=employers,
        filters=filters,
        job=job,
        running=job is not None and job["state"] in UNFINISHED,
        refused=refused["items"] if refused else [],
        may_run=_may_run(visit),
        key=str(new_id()),
        error=error,
    )


def _asked(filters: dict[str, str]) -> dict[str, str]:
    return {**filters, "attention": "true"} if "attention" in filters else filters


def _may_run(visit: Visit) -> bool:
    """Whether the person may run every employer at once."""
    return visit.person.employers is None and visit.may("contributions:write")


async def every(visit: Visit) -> Response:
    """Begin a run of every employer, dry or, once confirmed, for good; its progress shows on the page of the month."""
    fields = await visit.form()
    month, dry = chosen_month(visit, fields.get("month", "")), fields.get("how") != "issue"
    if not dry and fields.get("confirmed") != "yes":
        return await _page(visit, visit.words.t("runs.confirm_first"), _REFUSED, month)
    body, headers = {"month": str(month), "dry_run": dry}, {"idempotency-key": fields.get("key", "")}
    try:
        await visit.api.send("POST", "/v1/runs/regional", json=body, headers=headers)
    except Refusal as refusal:
        return await _page(visit, refusal.text, refusal.status, month)
    return visit.go(PATH, month=str(month), done="started")


async def export(visit: Visit) -> Response:
    """The month as a file, with the same filters."""
    filters, words = visit.only("employer", "attention"), visit.words
    month = asked_month(visit) or await latest_month(visit, filters["employer"])
    rows = visit.api.pages(OVERVIEW, {"month": str(month), **_asked(filters)})
    names = await employer_names(visit)

    def foreseen(row: dict[str, Any], name: str) -> str:
        return str(row["forecast"][name] or "") if row["forecast"] else ""

    columns = [
        Column("worklist.employer", lambda row: row["siret"]),
        Column("worklist.employer_name", lambda row: names.get(row["siret"], "")),
        Column("runs.previous", lambda row: row["previous"]),
        Column("runs.issued", lambda row: row["issued"]),
        Column("runs.foreseen", lambda row: foreseen(row, "amount")),
        Column("runs.regularised", lambda row: foreseen(row, "regularised")),
        Column("runs.difference", lambda row: row["difference"] or ""),
        Column("runs.parked_count", lambda row: str(row["parked"])),
        Column("runs.attention", lambda row: ", ".join(words.of("attention", one) for one in row["attention"])),
        Column("runs.closed", lambda row: words.t("yes" if row["closed"] else "no")),
    ]
    return await exported(
        visit, f"{'cotisations' if words.language == 'fr' else 'contributions'}-{month}", columns, rows
    )
