"""Names to show beside numbers: employers from the registry, people of one page in one call."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from time import monotonic
from typing import Final

from gateway.dashboard.visit import Visit

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


async def employer_names(visit: Visit) -> dict[str, str]:
    """The name of each employer by SIRET, of those the person stands for where they are few."""
    assert visit.signed is not None, "a signed page"
    person, state = visit.signed.account.person, visit.request.app.state
    if "organisations:read" not in person.scopes:
        return {siret: siret for siret in sorted(person.employers or ())}
    kept: tuple[float, dict[str, str]] = getattr(state, "employer_names", (0.0, {}))
    until, names = kept
    if until < monotonic():
        rows = await visit.api.every("/v1/organisations")
        names = {row["key"]: row["name"] for row in rows if row["kind"] not in PLACES}
        state.employer_names = (monotonic() + KEPT_S, names)
    if person.employers is None:
        return dict(names)
    return {siret: names.get(siret, siret) for siret in sorted(person.employers)}


async def people(visit: Visit, agents: Collection[str]) -> dict[str, Person]:
    """These agents by id, in one call for 200."""
    wanted, found = sorted(agents), {}
    for start in range(0, len(wanted), BATCH):
        answer = await visit.api.maybe("/v1/agents", agent=wanted[start : start + BATCH], limit=BATCH)
        for row in answer["items"] if answer else ():
            name = f"{row['last_name']} {row['first_name']}".strip()
            found[row["id"]] = Person(row["id"], row["employer"], row["matricule"], name)
    return found
