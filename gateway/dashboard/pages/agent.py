"""One agent on one page: who, since when covered and why, pay by day and by month, claims, contributions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from starlette.responses import Response

from gateway.dashboard.api import Answer, together
from gateway.dashboard.names import employer_names, user_names
from gateway.dashboard.pages import agent_events
from gateway.dashboard.pictures import timeline
from gateway.dashboard.security import PREFIX
from gateway.dashboard.visit import Visit
from gateway.domain.work_items import WAITING
from kit.clock import PARIS

# What is drawn: from the hire, or ten years back, to half a year ahead, unless the address says otherwise.
SPANS: Final = {"recent": timedelta(days=550), "decade": timedelta(days=3653), "hire": timedelta(days=18_300)}
USUAL: Final = "decade"
AHEAD: Final = timedelta(days=183)
LONGEST: Final = SPANS["hire"] + AHEAD
CLAIMS_SHOWN: Final = 5
LINES: Final = 60
BASE: Final = "BASE"
# What an agent may choose besides; the API holds an election to the accord and to the regime.
OPTIONS: Final = ("DEATH", "RETIREMENT_LOSS", "RI_FULL_PAY")


async def agent(visit: Visit) -> Response:
    """The page; `known_at` in the address shows what was known at the end of that day."""
    return await shown(visit)


async def shown(visit: Visit, *, error: str = "", remarks: Sequence[Answer] = (), status: int = 200) -> Response:
    """The page after something was sent as well: why it was refused, or what to look at in what was entered."""
    key = visit.request.path_params["agent"]
    today: date = visit.request.app.state.clock.day()
    known = _known_at(visit)
    api = visit.api
    found = await api.get(f"/v1/agents/{key}", known_at=known)
    start, end = _window(visit, today, found["employments"])
    cover, rights, paid, claims, work, employers = await together(
        api.maybe(f"/v1/agents/{key}/affiliation", known_at=known),
        api.maybe("/v1/entitlements", agent=key, from_=start.isoformat(), to=end.isoformat()),
        api.every("/v1/pay", agent=key, from_=f"{start:%Y-%m}", to=f"{end:%Y-%m}", known_at=known),
        api.every("/v1/claims", agent=key),
        api.every("/v1/work-items", agent=key),
        employer_names(visit),
    )
    money = await _money(visit, key, claims, known)
    deaths = await _deaths(visit, key, found["deaths"])
    picture = timeline.timeline(
        start,
        end,
        today=today,
        agent=found,
        cover=cover,
        rights=rights,
        paid=[timeline.Part(row["month"], received(row), f"#pay-{n}") for n, row in enumerate(paid)],
        contributions=_parts(money["lines"], "amount", "contributions", "id"),
        benefits=_parts(money["benefits"], "benefit", "decisions", "decision"),
    )
    return visit.page(
        "agent.html",
        status,
        agent=found,
        etag=found.etag or "",
        error=error,
        remarks=remarks,
        may_write=visit.may("agents:write") and known is None,
        may_claim=visit.may("claims:write"),
        revalued=_revaluation(visit, money["annuities"], claims, cover, work),
        optional=OPTIONS,
        events=agent_events.events(found, cover, claims),
        cover=cover,
        rights=rights,
        paid=[{**row, "total": received(row)} for row in paid],
        bases=_bases(money["lines"]),
        claims=claims,
        employers=employers,
        picture=picture,
        waiting=[kind for kind in WAITING if any(one["kind"] == kind for one in work)],
        window=(start.isoformat(), end.isoformat()),
        deaths=deaths,
        known_at=visit.query["known_at"],
        today=today.isoformat(),
        spans=SPANS,
        span=visit.query["span"] or USUAL,
        lines_shown=LINES,
        **money,
    )


async def _deaths(visit: Visit, key: str, deaths: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each with who recorded it by name, and the proofs its employer sent; None for who may not see proofs."""
    if not deaths:
        return []
    names = await user_names(visit)
    sent = await visit.api.maybe(f"/v1/agents/{key}/proofs") if visit.may("proofs:read") else None
    proofs = None if sent is None else [one for one in sent["items"] if one["purpose"] == "DEATH"]
    return [
        {
            **one,
            "recorded_by": names.get(one["recorded_by"], one["recorded_by"]),
            "proofs": proofs and [proof for proof in proofs if proof["employer"] == one["employer"]],
        }
        for one in deaths
    ]


def received(pay: Mapping[str, Any]) -> Decimal:
    """What a month's pay adds up to as it was received, what it pays for earlier months included.

    >>> elements = {"tib": "2000.00", "nbi": "70.00", "ri": "300.00"}
    >>> others = {"sft": "2.00", "ir": "20.00", "cabinet": "0.00", "gross": None, "other": {"CTI": "8.00"}}
    >>> received(elements | others | {"rappels": [elements | {"tib": "-100.00", "gross": None}]})
    Decimal('2670.00')
    """
    own = _gross(pay, *(pay[name] for name in ("sft", "ir", "cabinet")), *pay["other"].values())
    return own + sum((_gross(rappel) for rappel in pay["rappels"]), Decimal())


def _gross(paid: Mapping[str, Any], *others: str) -> Decimal:
    """`gross` of private law stands for all its elements."""
    amounts = (paid["tib"], paid["nbi"], paid["ri"], *others) if paid["gross"] is None else (paid["gross"],)
    return sum(map(Decimal, amounts), Decimal())


def _bases(lines: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Of each month, the lines of the base guarantee, whose bases add up to the elements that the month is owed on."""
    found: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in lines:
        if line["guarantee"] == BASE and Decimal(line["base"]):
            found[line["month"]].append(line)
    return found


def _parts(rows: list[dict[str, Any]], amount: str, page: str, key: str) -> list[timeline.Part]:
    return [timeline.Part(row["month"], Decimal(row[amount]), f"{PREFIX}/{page}/{row[key]}") for row in rows]


async def _money(visit: Visit, key: str, claims: list[dict[str, Any]], known: str | None) -> dict[str, Any]:
    """Amounts: benefits of the latest claims, contribution lines, annuities, capitals, overpayments.

    At `known` the benefits are those that had been decided; the other lists have no such day.
    """
    api = visit.api
    latest = sorted(claims, key=lambda one: str(one["opened_from"]), reverse=True)[:CLAIMS_SHOWN]
    lines, annuities, capitals, overpayments, *benefits = await together(
        api.every("/v1/contributions", agent=key),
        api.every("/v1/annuities", agent=key),
        api.every("/v1/capitals", agent=key),
        api.every("/v1/overpayments", agent=key),
        *(api.every("/v1/benefits", claim=one["id"], history="true" if known else None) for one in latest),
    )
    decided = (row for rows in benefits for row in (as_known(rows, known) if known else rows))
    months = sorted(decided, key=lambda row: str(row["month"]), reverse=True)
    return {
        "benefits": months,
        "lines": sorted(lines, key=lambda line: (line["month"], line["guarantee"]), reverse=True),
        "annuities": annuities,
        "capitals": capitals,
        "overpayments": overpayments,
    }


def as_known(rows: list[dict[str, Any]], known: str) -> list[dict[str, Any]]:
    """Of every version of the months of a claim, those that held at an instant.

    >>> rows = [{"month": "2026-05", "version": n, "decided_at": f"2026-06-0{n}T08:00:00Z"} for n in (1, 2)]
    >>> [row["version"] for row in as_known(rows, "2026-06-01T23:59:59+02:00")]
    [1]
    """
    until = datetime.fromisoformat(known)
    then = [row for row in rows if datetime.fromisoformat(row["decided_at"]) <= until]
    return list({row["month"]: row for row in sorted(then, key=lambda row: int(row["version"]))}.values())


def _revaluation(
    visit: Visit,
    annuities: list[dict[str, Any]],
    claims: list[dict[str, Any]],
    cover: Answer | None,
    work: list[dict[str, Any]],
) -> str:
    """Where the accord's annuities are raised, with the day this one waits for; empty for who may not, or for none."""
    if not annuities or not visit.may("claims:write") or visit.person.employers is not None:
        return ""
    of_claim = {one["id"]: one["agreement"] for one in claims}
    agreement = of_claim.get(annuities[0]["claim"]) or (cover["agreement"] if cover else None)
    due = next((one["due"] for one in work if one["kind"] == "annuity-to-revalue"), None)
    day = f"?from={due}" if due else ""
    return f"{PREFIX}/agreements/{agreement}/revaluations{day}" if agreement else ""


def _window(visit: Visit, today: date, employments: list[dict[str, Any]]) -> tuple[date, date]:
    """The days drawn, from the address; a window that is no window is the usual one."""
    hired = min((date.fromisoformat(spell["start"]) for one in employments for spell in one["spells"]), default=today)
    back = today - SPANS.get(visit.query["span"], SPANS[USUAL])
    usual = (max(back, hired) if hired < today else hired, max(today, hired) + AHEAD)
    start = _day(visit.query["from"]) or usual[0]
    end = _day(visit.query["to"]) or max(today, start) + AHEAD
    return (start, end) if timedelta(0) < end - start <= LONGEST else usual


def _known_at(visit: Visit) -> str | None:
    """The last instant of the day asked for, in Paris."""
    day = _day(visit.query["known_at"])
    if day is None:
        return None
    return datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=PARIS).isoformat()


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


async def contribution(visit: Visit) -> Response:
    """Why a contribution line is what it is."""
    found: Answer = await visit.api.get(f"/v1/contributions/{visit.request.path_params['line']}/trace")
    return visit.page("contribution.html", line=found["line"], found=found)
