"""Agents: hired, found, read."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import Query, Response
from fastapi import Request as HttpRequest
from pydantic import model_validator
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.crypto import KeyRing
from kit.db.data_subjects import PersonRestricted
from kit.http.auth import Caller, Principal, requires
from kit.http.etag import ChangedVersion, check_version, set_etag
from kit.http.pagination import MAX_LIMIT, Page, Paging, paged
from kit.http.route import Crypto, Idempotent, Rules, Tx, service_router
from kit.http.subject import about
from kit.http.types import DateText, Instant, Matricule, NirText, Request, SiretText, Text, example
from services.eligibility.adapters import (
    agents,
    deaths,
    departures,
    dispenses,
    employments,
    identities,
    invalidities,
    leaves,
    options,
)
from services.eligibility.api.answers import (
    AgentAnswer,
    AgentRow,
    EmploymentAnswer,
    InvalidityAnswer,
    LeaveAnswer,
    OptionAnswer,
)
from services.eligibility.api.common import AgentId, Entered, Recorded, changes_restricted, reads_restricted, remarks_on
from services.eligibility.api.entered import AgentEntered
from services.eligibility.api.schemas import HireRequest, refused
from services.eligibility.api.status_answers import DeathStated, DepartureAnswer, DispenseAnswer, PositionAnswer
from services.eligibility.application import doubt_facts
from services.eligibility.application.change_identity import IdentityChange, change_identity
from services.eligibility.application.hire_agent import hire_agent
from services.eligibility.application.open_file import open_file
from services.eligibility.domain.errors import AgentNotFound

router = service_router(tags=["Agents"])
KnownAt = Annotated[Instant | None, Query(description="Instant de connaissance ; maintenant sinon.")]


class HiredAnswer(Entered, AgentAnswer):
    """The agent's file, and what to look at in the hire."""


class IdentityRequest(Request):
    """Who the agent is: what is left out stays as it is."""

    model_config = example({"last_name": "EXEMPLE-DUPONT"})

    nir: NirText | None = None
    last_name: Text | None = None
    first_name: Text | None = None
    birth_date: DateText | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_fields_set:
            raise refused("nothing_to_change", "Rien à modifier.")
        return self

    def to_change(self) -> IdentityChange:
        return IdentityChange(self.nir, self.last_name, self.first_name, self.birth_date)


@router.post(
    "/v1/agents", status_code=201, responses={200: {"description": "Déjà connu"}}, summary="Embaucher un agent"
)
async def hire(
    *,
    body: HireRequest,
    caller: Annotated[Principal, requires("agents:write")],
    tx: Tx,
    rules: Rules,
    crypto: Crypto,
    recording: Recorded,
    _once: Idempotent,
    response: Response,
) -> HiredAnswer:
    """Hire an agent. The same hire again changes nothing (200); somebody another employer knows is the same agent.

    Each employer sees the identity that it stated itself. Known by another last name, `warnings` says so, not which.
    """
    caller.check_employer(body.employer)
    done = await hire_agent(tx, body.to_hire(), rules, crypto, recording)
    response.status_code = 201 if done.new else 200
    file = await _file(tx, done.agent, crypto, response)
    return HiredAnswer(**dict(file), warnings=remarks_on(done.doubts))


@router.get("/v1/agents", summary="Agents des employeurs de l'appelant")
async def index(
    *,
    request: HttpRequest,
    response: Response,
    caller: Annotated[Principal, requires("agents:read")],
    page: Paging,
    tx: Tx,
    crypto: Crypto,
    employer: Annotated[SiretText | None, Query(description="SIRET de l'employeur.")] = None,
    matricule: Annotated[Matricule | None, Query(description="Matricule chez l'employeur.")] = None,
    agent: Annotated[list[UUID] | None, Query(max_length=MAX_LIMIT, description="Ces agents seulement.")] = None,
    name: Annotated[Text | None, Query(description="Nom de famille entier, quelle qu'en soit l'écriture.")] = None,
) -> Page[AgentRow]:
    """The agents of the caller's employers, by SIRET and matricule. A name is found whole, however it is written.

    A restricted person is listed without a name, and not found by it; an erased one is not listed.
    """
    after = [str(part) for part in page.after or ("", "")]
    named = None if name is None else agents.name_index(name, crypto)
    place = (after[0], after[-1])
    all_of_it = reads_restricted(caller)
    found = await agents.listed(
        tx, employer, matricule, place, page.fetch, only=agent, named=named, restricted=all_of_it
    )
    names = await agents.names(tx, [link.agent for link in found], crypto)
    items = [AgentRow.of(link, names.get((link.employer, link.agent)), all_of_it=all_of_it) for link in found]
    shown = paged(request, response, page, items, lambda row: (row.employer, row.matricule))
    about(response, *dict.fromkeys(row.id for row in shown.items))
    return shown


@router.get("/v1/agents/{agent}", dependencies=[requires("agents:read")], summary="Le dossier d'un agent")
async def read(
    *, agent: AgentId, caller: Caller, tx: Tx, crypto: Crypto, response: Response, known_at: KnownAt = None
) -> AgentAnswer:
    """One agent's file, as it is known now or was at an instant."""
    return await _file(tx, agent, crypto, response, known_at, restricted=reads_restricted(caller))


@router.patch(
    "/v1/agents/{agent}",
    dependencies=[requires("agents:write")],
    summary="Corriger ou changer l'identité d'un agent",
)
async def change(
    *,
    agent: AgentId,
    body: IdentityRequest,
    caller: Caller,
    version: ChangedVersion,
    tx: Tx,
    crypto: Crypto,
    recording: Recorded,
    response: Response,
) -> AgentEntered:
    """Change who the agent is for the caller's employers. What was known before stays readable."""
    file = await open_file(tx, agent)
    file.subject.check(allowed=changes_restricted(caller))
    check_version(version, file.version)
    await change_identity(tx, file, body.to_change(), crypto, recording)
    answer = await _file(tx, agent, crypto, response)
    pointer = "/birth_date" if body.nir is None else "/nir"
    return AgentEntered.said(answer, body, await doubt_facts.on_identity(tx, file, crypto, pointer))


async def _file(
    tx: AsyncConnection,
    agent: UUID,
    crypto: KeyRing,
    response: Response,
    at: datetime | None = None,
    *,
    restricted: bool = True,
) -> AgentAnswer:
    """`restricted`: also of a person whose processing is restricted, as for whoever has just said who it is."""
    person = await identities.read(tx, agent, crypto, at)
    if person is None:
        raise AgentNotFound
    if person.restricted and not restricted:
        raise PersonRestricted
    set_etag(response, person.version)
    entries = [entry for _, entry in await leaves.of_agents(tx, [agent], at)]
    return AgentAnswer.of(
        person,
        await agents.links(tx, [agent], at),
        employments=EmploymentAnswer.all_of(spell for _, spell in await employments.of_agents(tx, [agent], at)),
        leaves=LeaveAnswer.all_of(entries),
        options=[OptionAnswer.of(one) for one in await options.of_agent(tx, agent, at)],
        invalidities=[InvalidityAnswer.of(one) for one in await invalidities.of_agent(tx, agent, at)],
        positions=PositionAnswer.all_of(entries),
        dispenses=[DispenseAnswer.of(one) for _, one in await dispenses.of_agents(tx, [agent], at)],
        departures=[DepartureAnswer.of(one) for one in await departures.of_agent(tx, agent, at)],
        deaths=[DeathStated.of(one) for one in await deaths.of_agents(tx, [agent], at)],
    )
