"""Agents: the list, by employer; and one search field that finds a person, an employer or a case."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from starlette.responses import Response

from gateway.dashboard.api import Refusal, together
from gateway.dashboard.exports import Column, exported
from gateway.dashboard.names import employer_names
from gateway.dashboard.security import PREFIX
from gateway.dashboard.visit import Visit
from kit.siret import is_siret

SHOWN: Final = 50
MAX_QUERY: Final = 80
SUGGESTED: Final = 8
LEAST_TYPED: Final = 3
_ID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MATRICULE: Final = re.compile(r"[\w.-]{1,30}")


async def agents(visit: Visit) -> Response:
    """A page of the list."""
    filters = visit.only("employer", "matricule")
    found, employers = await together(
        visit.api.get("/v1/agents", limit=SHOWN, cursor=visit.query["cursor"], **filters), employer_names(visit)
    )
    return visit.page("agents.html", rows=found["items"], next=found.get("next"), employers=employers, filters=filters)


async def export(visit: Visit) -> Response:
    """The list as a file."""
    rows = visit.api.pages("/v1/agents", visit.only("employer", "matricule"))
    names = await employer_names(visit)
    columns = [
        Column("agents.last_name", lambda row: row["last_name"]),
        Column("agents.first_name", lambda row: row["first_name"]),
        Column("worklist.matricule", lambda row: row["matricule"]),
        Column("worklist.employer", lambda row: row["employer"]),
        Column("worklist.employer_name", lambda row: names.get(row["employer"], "")),
    ]
    return await exported(visit, "agents", columns, rows)


async def search(visit: Visit) -> Response:
    """What a few letters find; one result alone is opened at once."""
    text = visit.query["q"].strip()[:MAX_QUERY]
    if (case := await _case(visit, text.lower())) is not None:
        return visit.go(case)
    found = await _matches(visit, text, SHOWN)
    if len(found.people) == 1 and not found.places:
        return visit.go(f"{PREFIX}/agents/{found.people[0]['id']}")
    if len(found.places) == 1 and not found.people:
        return visit.go(f"{PREFIX}/agents", employer=found.places[0][0])
    return visit.page("search.html", text=text, people=found.people, places=found.places, employers=found.employers)


async def suggestions(visit: Visit) -> Response:
    """What a few letters find, as the search field offers it while they are typed; nothing for fewer than three."""
    text = visit.query["q"].strip()[:MAX_QUERY]
    if len(text) < LEAST_TYPED:
        return visit.page("suggestions.html", found=[])
    if (case := await _case(visit, text.lower())) is not None:
        kind = "rail.claims" if case.startswith(f"{PREFIX}/claims/") else "rail.agents"
        return visit.page("suggestions.html", found=[{"path": case, "what": text, "beside": visit.words.t(kind)}])
    found = await _matches(visit, text, SUGGESTED)
    people = [
        {
            "path": f"{PREFIX}/agents/{row['id']}",
            "what": f"{row['last_name']} {row['first_name']}",
            "beside": f"{row['matricule']} · {found.employers.get(row['employer'], row['employer'])}",
        }
        for row in found.people
    ]
    places = [
        {"path": f"{PREFIX}/agents?employer={siret}", "what": name, "beside": siret} for siret, name in found.places
    ]
    return visit.page("suggestions.html", found=(people + places)[:SUGGESTED])


@dataclass(frozen=True, slots=True)
class Matches:
    """People as the API lists them, employers by SIRET and name, and the names of all."""

    people: list[dict[str, Any]]
    places: list[tuple[str, str]]
    employers: dict[str, str]


async def _matches(visit: Visit, text: str, limit: int) -> Matches:
    employers, *found = await together(
        employer_names(visit), _of_matricule(visit, text, limit), _of_name(visit, text, limit)
    )
    people = list({row["id"]: row for rows in found for row in rows}.values())
    folded = text.casefold()
    places = (
        (siret, name)
        for siret, name in employers.items()
        if text and (folded in name.casefold() or (len(text) >= LEAST_TYPED and siret.startswith(text)))
    )
    return Matches(people, list(islice(places, limit)), employers)


async def _case(visit: Visit, text: str) -> str | None:
    """The page of what this identifier names: a claim, else an agent."""
    if not _ID.fullmatch(text):
        return None
    for path, page in (("/v1/claims/", "/claims/"), ("/v1/agents/", "/agents/")):
        if await visit.api.maybe(path + text) is not None:
            return f"{PREFIX}{page}{text}"
    return None


async def _of_matricule(visit: Visit, text: str, limit: int) -> list[dict[str, Any]]:
    if not _MATRICULE.fullmatch(text) or is_siret(text):
        return []
    return await _found(visit, limit, matricule=text)


async def _of_name(visit: Visit, text: str, limit: int) -> list[dict[str, Any]]:
    if not any(letter.isalpha() for letter in text):
        return []
    try:
        return await _found(visit, limit, name=text)
    except Refusal:
        return []


async def _found(visit: Visit, limit: int, **asked: str) -> list[dict[str, Any]]:
    answer = await visit.api.maybe("/v1/agents", limit=limit, **asked)
    rows: list[dict[str, Any]] = answer["items"] if answer else []
    return rows
