"""Agents: hired, found, read."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response
from fastapi import Request as HttpRequest
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.crypto import KeyRing
from kit.http.auth import Principal, requires
from kit.http.etag import set_etag
from kit.http.pagination import Page, Paging, paged
from kit.http.route import Crypto, Idempotent, Rules, Tx, service_router
from kit.http.types import Code, SiretText
from services.eligibility.adapters import agents, employments, invalidities, leaves, options
from services.eligibility.api.answers import (
    AgentAnswer,
    AgentRow,
    EmploymentAnswer,
    InvalidityAnswer,
    LeaveAnswer,
    OptionAnswer,
)
from services.eligibility.api.common import AgentId, Recorded
from services.eligibility.api.schemas import HireRequest
from services.eligibility.application.hire_agent import hire_agent
from services.eligibility.domain.errors import AgentNotFound

router = service_router(tags=["Agents"])


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
) -> AgentAnswer:
    """Hire an agent. The same hire again changes nothing (200); somebody another employer knows is the same agent."""
    caller.check_employer(body.employer)
    done = await hire_agent(tx, body.to_hire(), rules, crypto, recording)
    response.status_code = 201 if done.new else 200
    return await _file(tx, done.agent, crypto, response)


@router.get("/v1/agents", dependencies=[requires("agents:read")], summary="Agents des employeurs de l'appelant")
async def index(
    *,
    request: HttpRequest,
    response: Response,
    page: Paging,
    tx: Tx,
    employer: Annotated[SiretText | None, Query(description="SIRET de l'employeur.")] = None,
    matricule: Annotated[Code | None, Query(description="Matricule chez l'employeur.")] = None,
) -> Page[AgentRow]:
    """The agents of the caller's employers, by SIRET and matricule."""
    after = [str(part) for part in page.after or ("", "")]
    found = await agents.listed(tx, employer, matricule, (after[0], after[-1]), page.fetch)
    items = [AgentRow.of(link) for link in found]
    return paged(request, response, page, items, lambda row: (row.employer, row.matricule))


@router.get("/v1/agents/{agent}", dependencies=[requires("agents:read")], summary="Le dossier d'un agent")
async def read(agent: AgentId, tx: Tx, crypto: Crypto, response: Response) -> AgentAnswer:
    """One agent's file."""
    return await _file(tx, agent, crypto, response)


async def _file(tx: AsyncConnection, agent: UUID, crypto: KeyRing, response: Response) -> AgentAnswer:
    person = await agents.get(tx, agent, crypto)
    if person is None:
        raise AgentNotFound
    set_etag(response, person.version)
    return AgentAnswer.of(
        person,
        await agents.links(tx, [agent]),
        employments=EmploymentAnswer.all_of(spell for _, spell in await employments.of_agents(tx, [agent])),
        leaves=LeaveAnswer.all_of(entry for _, entry in await leaves.of_agents(tx, [agent])),
        options=[OptionAnswer.of(one) for one in await options.of_agent(tx, agent)],
        invalidities=[InvalidityAnswer.of(one) for one in await invalidities.of_agent(tx, agent)],
    )
