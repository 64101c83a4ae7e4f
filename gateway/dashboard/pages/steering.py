"""Steering: who is covered, what comes in and what is paid, by département or lot; absence by kind and length."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from starlette.responses import Response

from gateway.dashboard.api import together
from gateway.dashboard.committee import committee_pdf
from gateway.dashboard.exports import Column, at_once, exported
from gateway.dashboard.figures import UNKNOWN, Counted, Group, Lots, by_department, by_lot
from gateway.dashboard.names import employer_places
from gateway.dashboard.pictures.bars import Bars, bars
from gateway.dashboard.visit import Visit
from gateway.dashboard.words import Words
from kit.whole import whole_number

BY: Final = ("department", "lot")
FIRST_YEAR: Final = 2000
FILES: Final = ("xlsx", "csv")
# What is drawn at most; the table below has them all.
DRAWN: Final = 20
_KEPT: Final = ("content-type", "content-disposition")


@dataclass(frozen=True, slots=True)
class Steering:
    """What the page, its files and the committee's paper show."""

    year: int
    day: date
    by: str
    groups: list[Group]
    whole: Group
    least: int | None
    lengths: list[int]
    absence: dict[str, dict[int, dict[str, Any]]]
    contracts: list[tuple[str, str]]


async def steering(visit: Visit) -> Response:
    """The page. Its year and its grouping are in the address."""
    found = await _read(visit)
    words = visit.words
    return visit.page(
        "steering.html",
        found=found,
        money=_money_picture(words, found),
        absences=_absence_picture(words, found),
        label=lambda group: label(words, found.by, group),
        filters=visit.only("year", "by"),
        files=FILES,
    )


async def export(visit: Visit) -> Response:
    """The groups as a file, or all of it as the committee's paper."""
    found, words = await _read(visit), visit.words
    if visit.request.path_params["format"] == "pdf":
        paper = committee_pdf(words, found, [label(words, found.by, one) for one in found.groups])
        name = f'attachment; filename="pilotage-{found.year}.pdf"'
        return Response(paper, media_type="application/pdf", headers={"content-disposition": name})
    hidden = words.t("steering.masked")
    columns = [
        Column(f"steering.{found.by}", lambda one: label(words, found.by, one)),
        Column("steering.employers", lambda one: str(len(one.employers))),
        Column("steering.covered_employers", lambda one: str(len(one.covered_employers))),
        Column("steering.employed", lambda one: str(one.employed)),
        Column("steering.covered", lambda one: str(one.covered)),
        Column("steering.issued", lambda one: f"{one.amount:.2f}"),
        Column("steering.paid", lambda one: f"{one.paid:.2f}"),
        Column("steering.agents", lambda one: hidden if one.masked else str(one.agents)),
        Column("steering.benefits", lambda one: hidden if one.masked else f"{one.benefits:.2f}"),
        Column("steering.annuities", lambda one: hidden if one.masked else f"{one.annuities:.2f}"),
        Column("steering.ratio", lambda one: "" if one.ratio is None else str(one.ratio)),
    ]
    rows = [*found.groups, found.whole]
    return await exported(visit, "pilotage" if words.language == "fr" else "steering", columns, at_once(rows))


async def export_absence(visit: Visit) -> Response:
    """Absence by kind and length as a file."""
    found, words = await _read(visit), visit.words
    rows = [(kind, cell) for kind, cells in found.absence.items() for cell in cells.values()]

    def shown(cell: dict[str, Any], name: str) -> str:
        return words.t("steering.masked") if cell[name] is None else str(cell[name])

    columns = [
        Column("steering.kind", lambda row: words.of("leave", row[0])),
        Column("steering.length", lambda row: length(words, found.lengths, row[1]["longer"])),
        Column("steering.agents", lambda row: shown(row[1], "agents")),
        Column("steering.leaves", lambda row: shown(row[1], "leaves")),
        Column("steering.days", lambda row: shown(row[1], "days")),
    ]
    return await exported(visit, "absences", columns, at_once(rows))


async def account(visit: Visit) -> Response:
    """The yearly account of a contract, as the API makes its file."""
    path = visit.request.path_params
    where = f"/v1/accounts/{path['agreement']}/{path['insurer']}/{path['year']}/file"
    found = await visit.api.download(where, format=path["format"])
    kept = {name: found.headers[name] for name in _KEPT if name in found.headers}
    return Response(found.content, headers=kept)


async def account_page(visit: Visit) -> Response:
    """The same as a page: what its files say, for who cannot read those."""
    path = visit.request.path_params
    found = await visit.api.get(f"/v1/accounts/{path['agreement']}/{path['insurer']}/{path['year']}")
    return visit.page("account_report.html", found=found, files=FILES)


async def _read(visit: Visit) -> Steering:
    today: date = visit.request.app.state.clock.day()
    asked = visit.query["year"]
    said = whole_number(asked)
    year = said if said is not None and FIRST_YEAR <= said <= today.year else today.year
    day = min(today, date(year, 12, 31))
    api, by = visit.api, visit.query["by"] if visit.query["by"] in BY else BY[0]
    cover, money, absence, conventions, places = await together(
        api.maybe("/v1/statistics/cover", as_of=day.isoformat()),
        api.maybe("/v1/statistics/contributions", year=year),
        api.maybe("/v1/statistics/absence", year=year),
        api.maybe("/v1/conventions", as_of=day.isoformat()),
        employer_places(visit),
    )
    counted, least = Counted.of(cover, money), money["least_group"] if money else 0
    if by == "lot":
        lots = Lots.of(conventions["items"] if conventions else (), counted.issued, day.isoformat())
        groups, whole = by_lot(counted, lots, least)
    else:
        departments = {siret: place.department for siret, place in places.items()}
        groups, whole = by_department(counted, departments, least)
    kinds: dict[str, dict[int, dict[str, Any]]] = {}
    for row in absence["items"] if absence else ():
        kinds.setdefault(row["kind"], {})[row["longer"]] = row
    contracts = {(row["agreement"], row["insurer"]) for row in counted.issued if row["insurer"] and row["statements"]}
    told = next((one["least_group"] for one in (absence, money) if one), None)
    lengths = absence["lengths"] if absence else []
    return Steering(year, day, by, groups, whole, told, lengths, kinds, sorted(contracts))


def label(words: Words, by: str, group: Group) -> str:
    """How a group is called; what is not known is said so."""
    if group.key == "*":
        return words.t("steering.total")
    if group.key == UNKNOWN:
        return words.t(f"steering.{by}_unknown")
    return words.t(f"steering.{by}_named", code=group.key)


def length(words: Words, lengths: list[int], longer: int) -> str:
    """A class of lengths: from so many days to the next."""
    after = [one for one in lengths if one > longer]
    if not after:
        return words.t("steering.longer", days=longer - 1)
    return words.t("steering.between", first=longer, last=after[0] - 1)


def _money_picture(words: Words, found: Steering) -> Bars | None:
    def drawn(group: Group) -> list[tuple[str, Decimal, str]]:
        told = words.t("steering.masked") if group.masked else words.amount(group.benefits)
        paid = Decimal(0) if group.masked else group.benefits
        return [("cover", group.amount, words.amount(group.amount)), ("benefit", paid, told)]

    return bars([(label(words, found.by, group), drawn(group)) for group in found.groups[:DRAWN]])


def _absence_picture(words: Words, found: Steering) -> Bars | None:
    rows = []
    for kind, cells in found.absence.items():
        days = Decimal(sum(cell["days"] or 0 for cell in cells.values()))
        if days:
            rows.append((words.of("leave", kind), [("other", days, words.count(days))]))
    return bars(rows)
