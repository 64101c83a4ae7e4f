"""Options: chosen and given up, each time by an explicit act."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Path, Response

from kit.http.auth import requires
from kit.http.etag import ChangedVersion, check_version, set_etag
from kit.http.route import Rules, Tx, service_router
from services.eligibility.adapters import options
from services.eligibility.api.answers import OptionAnswer
from services.eligibility.api.common import AgentId, Recorded
from services.eligibility.api.entered import OptionEntered
from services.eligibility.api.schemas import OptionEnd, OptionRequest
from services.eligibility.application.doubt_facts import on_election
from services.eligibility.application.elect_option import cancel_option, elect_option
from services.eligibility.application.open_file import open_file

router = service_router(tags=["Options"], dependencies=[requires("agents:write")])


@router.post(
    "/v1/agents/{agent}/options",
    status_code=201,
    responses={200: {"description": "Déjà choisie"}},
    summary="Choisir une option",
)
async def elect(
    *, agent: AgentId, body: OptionRequest, tx: Tx, rules: Rules, recording: Recorded, response: Response
) -> OptionEntered:
    """Choose an option; the same again changes nothing (200)."""
    file = await open_file(tx, agent)
    done = await elect_option(tx, file, body.to_election(file.employer(body.employer)), recording, rules)
    response.status_code = 201 if done.new else 200
    set_etag(response, done.version)
    return OptionEntered.said(OptionAnswer.of(done.election), body, await on_election(tx, done.election))


@router.patch("/v1/agents/{agent}/options/{option}", status_code=200, summary="Mettre fin à une option")
async def end(
    *,
    agent: AgentId,
    option: Annotated[UUID, Path(description="Identifiant du choix.")],
    body: OptionEnd,
    version: ChangedVersion,
    tx: Tx,
    recording: Recorded,
    response: Response,
) -> list[OptionAnswer]:
    """Give an option up; what remains of the agent's choices."""
    file = await open_file(tx, agent)
    check_version(version, file.version)
    set_etag(response, await cancel_option(tx, file, option, body.until, recording))
    return [OptionAnswer.of(one) for one in await options.of_agent(tx, agent)]
