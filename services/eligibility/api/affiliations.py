"""Who is covered on a day, for all agents of the caller's employers."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self
from uuid import UUID

from fastapi import Query, Request, Response

from kit.http.auth import Principal, requires
from kit.http.pagination import MAX_LIMIT, Page, Paging, paged
from kit.http.route import Crypto, Now, Tx, service_router
from kit.http.types import Answer, Code, DateText, SiretText
from services.eligibility.adapters import affiliations, agents
from services.eligibility.adapters.affiliations import Asked, Covered
from services.eligibility.adapters.agents import Name
from services.eligibility.api.common import reads_restricted
from services.eligibility.domain.announcement import Move

router = service_router(tags=["Affiliation"])


class CoveredAnswer(Answer):
    """A person covered under an accord, and since when; `SUSPENDED`: the affiliation stands, cover does not run."""

    agent: UUID
    employer: str
    agreement: str
    outcome: Literal["AFFILIATED", "SUSPENDED"]
    start: date
    end: date | None
    last_name: str
    first_name: str
    birth_date: date

    @classmethod
    def of(cls, found: Covered, name: Name) -> Self:
        return cls(
            agent=found.agent,
            employer=found.employer,
            agreement=found.agreement,
            outcome="SUSPENDED" if found.told.move is Move.SUSPENDED else "AFFILIATED",
            start=found.told.period.start,
            end=found.told.period.end,
            last_name=name.last,
            first_name=name.first,
            birth_date=found.birth_date,
        )


@router.get("/v1/affiliations", summary="Personnes couvertes un jour donné, avec leur nom")
async def index(
    *,
    request: Request,
    response: Response,
    caller: Annotated[Principal, requires("agents:read")],
    page: Paging,
    tx: Tx,
    crypto: Crypto,
    clock: Now,
    on: Annotated[DateText | None, Query(description="Jour considéré ; aujourd'hui sinon.")] = None,
    employer: Annotated[list[SiretText] | None, Query(max_length=MAX_LIMIT, description="De ces employeurs.")] = None,
    agreement: Annotated[list[Code] | None, Query(max_length=MAX_LIMIT, description="Sous ces accords.")] = None,
    agent: Annotated[list[UUID] | None, Query(max_length=MAX_LIMIT, description="Parmi ces agents.")] = None,
) -> Page[CoveredAnswer]:
    """Cover as it was told: what a later day brings about is not in it before that day.

    Restricted persons are left out, erased ones too.
    """
    asked = Asked(
        on or clock.day(),
        frozenset(employer or ()),
        frozenset(agreement or ()),
        frozenset(agent or ()),
        restricted=reads_restricted(caller),
    )
    after = page.start(lambda siret, person, accord: (str(siret), UUID(str(person)), str(accord)))
    found = await affiliations.listed(tx, asked, after, page.fetch)
    names = await agents.names(tx, [one.agent for one in found], crypto)
    items = [CoveredAnswer.of(one, names[one.employer, one.agent]) for one in found]
    return paged(request, response, page, items, lambda row: (row.employer, row.agent, row.agreement))
