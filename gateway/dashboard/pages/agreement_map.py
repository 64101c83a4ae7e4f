"""The map of a day: scheme, lots, accords, employers. Long branches are cut; the list of parties has them whole."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from starlette.responses import Response

from gateway.dashboard.api import together
from gateway.dashboard.exports import Column, exported
from gateway.dashboard.names import employer_names
from gateway.dashboard.terms import term_name
from gateway.dashboard.visit import Filters, Visit
from kit.whole import whole_number

SHOWN: Final = 50
# Of each branch of the tree.
EACH: Final = 12
STATES: Final = ("RUNNING", "FUTURE", "ENDED")
_FILTERS: Final = ("scheme", "lot", "agreement", "employer", "state")


async def tree(visit: Visit) -> Response:
    """The map. Its day is in the address."""
    day = day_of(visit)
    found = await visit.api.get("/v1/agreements/map", as_of=day, each=EACH)
    return visit.page("agreement_map.html", found=found, day_seen=day, term=lambda path: term_name(visit.words, path))


async def parties(visit: Visit) -> Response:
    """The employers of each accord, filtered as the address says."""
    day, filters = day_of(visit), visit.only(*_FILTERS)
    found, employers = await together(
        visit.api.get(
            "/v1/agreements/parties", as_of=day, limit=SHOWN, cursor=visit.query["cursor"], **_asked(filters)
        ),
        employer_names(visit),
    )
    return visit.page(
        "agreement_parties.html",
        rows=found["items"],
        next=found.get("next"),
        day_seen=day,
        filters=filters,
        employers=employers,
        states=STATES,
        term=lambda path: term_name(visit.words, path),
    )


async def export(visit: Visit) -> Response:
    """The list as a file."""
    words = visit.words
    rows = visit.api.pages("/v1/agreements/parties", {"as_of": day_of(visit), **_asked(visit.only(*_FILTERS))})

    def overrides(row: Any) -> str:
        return " ; ".join(
            f"{', '.join(term_name(words, term) for term in one['terms'])} ({words.days(one['from'], one['to'])})"
            for one in row["overrides"]
        )

    columns = [
        Column("map.scheme", lambda row: row["scheme"] or ""),
        Column("map.lots", lambda row: ", ".join(map(str, row["lots"])) or words.t("map.unknown")),
        Column("simulator.agreement", lambda row: row["agreement"]),
        Column("map.force", lambda row: words.of("force", row["force"])),
        Column("agreements.insurer", lambda row: ", ".join(row["insurers"]) or words.t("map.unknown")),
        Column("worklist.employer", lambda row: row["employer"]),
        Column("worklist.employer_name", lambda row: row["name"]),
        Column("timeline.from", lambda row: row["from"]),
        Column("timeline.to", lambda row: row["to"] or ""),
        Column("map.state", lambda row: words.of("party_state", row["state"])),
        Column("agreements.assumption", lambda row: words.t("yes" if row["assumption"] else "no")),
        Column("map.exceptions", overrides),
        Column("map.locks", lambda row: " ; ".join(term_name(words, term) for term in row["locks"])),
    ]
    return await exported(
        visit, "accords-et-employeurs" if words.language == "fr" else "accords-and-employers", columns, rows
    )


def day_of(visit: Visit) -> str:
    """The day in the address; today unless it is one."""
    try:
        return date.fromisoformat(visit.query["date"]).isoformat()
    except ValueError:
        today: date = visit.request.app.state.clock.day()
        return today.isoformat()


def _asked(filters: Filters) -> dict[str, str]:
    """What the API knows of the filters; a lot or a state that is none is none."""
    kept = dict(filters)
    if whole_number(filters["lot"]) is None:
        kept.pop("lot", None)
    if filters["state"] not in STATES:
        kept.pop("state", None)
    return kept
