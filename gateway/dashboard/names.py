"""Names to show beside numbers: employers from the registry, people of one page in one call."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from time import monotonic
from typing import Final

from gateway.dashboard.visit import Visit
from gateway.domain.accounts import SUBJECT_PREFIX

# The registry is the same for all who may read it, and changes seldom.
KEPT_S: Final = 60.0
BATCH: Final = 200
PLACES: Final = frozenset({"CDG", "UNION", "INSURER", "MANAGER"})


@dataclass(frozen=True, slots=True)
class Person:
    """An agent as a list shows one; `name` is empty for who may not read it."""

    id: str
    employer: str
    matricule: str
    name: str


@dataclass(frozen=True, slots=True)
class Place:
    """An employer as the registry says; `department` None where it does not."""

    name: str
    department: str | None


async def employer_names(visit: Visit) -> dict[str, str]:
    """The name of each employer by SIRET, of those the person stands for where they are few."""
    return {siret: place.name for siret, place in (await employer_places(visit)).items()}


async def employer_places(visit: Visit) -> dict[str, Place]:
    """The same with their départements."""
    person, state = visit.person, visit.request.app.state
    if "organisations:read" not in person.scopes:
        return {siret: Place(siret, None) for siret in sorted(person.employers or ())}
    kept: tuple[float, dict[str, Place]] = getattr(state, "employer_places", (0.0, {}))
    until, places = kept
    if until < monotonic():
        rows = await visit.api.every("/v1/organisations")
        places = {row["key"]: Place(row["name"], row["departement"]) for row in rows if row["kind"] not in PLACES}
        state.employer_places = (monotonic() + KEPT_S, places)
    if person.employers is None:
        return dict(places)
    return {siret: places.get(siret, Place(siret, None)) for siret in sorted(person.employers)}


async def user_names(visit: Visit) -> dict[str, str]:
    """The name of each person by the subject that histories keep; to who may not read accounts, only one's own."""
    person, state = visit.person, visit.request.app.state
    own = {visit.account.subject.id: person.name}
    if "users:read" not in person.scopes or person.employers is not None:
        return own
    kept: tuple[float, dict[str, str]] = getattr(state, "user_names", (0.0, {}))
    until, names = kept
    if until < monotonic():
        names = {SUBJECT_PREFIX + row["login"]: row["name"] for row in await visit.api.every("/v1/users")}
        state.user_names = (monotonic() + KEPT_S, names)
    return names | own


async def people(visit: Visit, agents: Collection[str]) -> dict[str, Person]:
    """These agents by id, in one call for 200."""
    wanted, found = sorted(agents), {}
    for start in range(0, len(wanted), BATCH):
        answer = await visit.api.maybe("/v1/agents", agent=wanted[start : start + BATCH], limit=BATCH)
        for row in answer["items"] if answer else ():
            name = f"{row['last_name']} {row['first_name']}".strip()
            found[row["id"]] = Person(row["id"], row["employer"], row["matricule"], name)
    return found
