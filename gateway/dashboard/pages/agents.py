"""Agents: the list, by employer; and one search field that finds a person, an employer or a case."""

from __future__ import annotations

import re
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
    """The list as a file, up to 2 000 rows."""
    rows = await visit.api.every("/v1/agents", **visit.only("employer", "matricule"))
    names = await employer_names(visit)
    columns = [
        Column("agents.last_name", lambda row: row["last_name"]),
        Column("agents.first_name", lambda row: row["first_name"]),
        Column("worklist.matricule", lambda row: row["matricule"]),
        Column("worklist.employer", lambda row: row["employer"]),
        Column("worklist.employer_name", lambda row: names.get(row["employer"], "")),
    ]
    return exported(visit, "agents", columns, rows)


async def search(visit: Visit) -> Response:
    """What a few letters find; one result alone is opened at once."""
    text = visit.query["q"].strip()[:MAX_QUERY]
    if (case := await _case(visit, text.lower())) is not None:
        return visit.go(case)
    employers, *found = await together(employer_names(visit), _of_matricule(visit, text), _of_name(visit, text))
    people = list({row["id"]: row for rows in found for row in rows}.values())
    folded = text.casefold()
    places = [
        (siret, name) for siret, name in employers.items() if text and (folded in name.casefold() or siret == text)
    ]
    if len(people) == 1 and not places:
        return visit.go(f"{PREFIX}/agents/{people[0]['id']}")
    if len(places) == 1 and not people:
        return visit.go(f"{PREFIX}/agents", employer=places[0][0])
    return visit.page("search.html", text=text, people=people, places=places[:SHOWN], employers=employers)


async def _case(visit: Visit, text: str) -> str | None:
    """The page of what this identifier names: a claim, else an agent."""
    if not _ID.fullmatch(text):
        return None
    for path, page in (("/v1/claims/", "/claims/"), ("/v1/agents/", "/agents/")):
        if await visit.api.maybe(path + text) is not None:
            return f"{PREFIX}{page}{text}"
    return None


async def _of_matricule(visit: Visit, text: str) -> list[dict[str, Any]]:
    if not _MATRICULE.fullmatch(text) or is_siret(text):
        return []
    return await _found(visit, matricule=text)


async def _of_name(visit: Visit, text: str) -> list[dict[str, Any]]:
    if not any(letter.isalpha() for letter in text):
        return []
    try:
        return await _found(visit, name=text)
    except Refusal:
        return []


async def _found(visit: Visit, **asked: str) -> list[dict[str, Any]]:
    answer = await visit.api.maybe("/v1/agents", limit=SHOWN, **asked)
    rows: list[dict[str, Any]] = answer["items"] if answer else []
    return rows
