"""Leaves: started, renewed, ended, cancelled."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Path, Response

from kit.http.auth import requires
from kit.http.etag import ChangedVersion, check_version, set_etag
from kit.http.route import Tx, service_router
from services.eligibility.api.answers import LeaveAnswer, LeaveChanged
from services.eligibility.api.common import AgentId, Recorded
from services.eligibility.api.schemas import ExtensionRequest, LeaveChange, LeaveRequest
from services.eligibility.application.open_file import open_file
from services.eligibility.application.record_leave import (
    Recorded as Done,
)
from services.eligibility.application.record_leave import (
    cancel_leave,
    end_leave,
    extend_leave,
    start_leave,
)

router = service_router(tags=["Congés"], dependencies=[requires("agents:write")])
LeaveId = Annotated[UUID, Path(description="Identifiant du congé.")]


@router.post(
    "/v1/agents/{agent}/leaves",
    status_code=201,
    responses={200: {"description": "Déjà connu"}},
    summary="Déclarer un arrêt",
)
async def start(agent: AgentId, body: LeaveRequest, tx: Tx, recording: Recorded, response: Response) -> LeaveAnswer:
    """Record an initial stop; the same again changes nothing (200)."""
    file = await open_file(tx, agent)
    done = await start_leave(tx, file, body.to_entry(file.employer(body.employer)), recording)
    return _answer(done, response)


@router.post(
    "/v1/agents/{agent}/leaves/{leave}/extensions",
    status_code=201,
    responses={200: {"description": "Déjà connu"}},
    summary="Renouveler un arrêt",
)
async def extend(
    *, agent: AgentId, leave: LeaveId, body: ExtensionRequest, tx: Tx, recording: Recorded, response: Response
) -> LeaveAnswer:
    """Record a renewal, which follows without a gap; the same again changes nothing (200)."""
    file = await open_file(tx, agent)
    return _answer(await extend_leave(tx, file, leave, body.to_renewal(), recording), response)


@router.patch("/v1/agents/{agent}/leaves/{leave}", summary="Écourter ou annuler un arrêt")
async def change(
    *,
    agent: AgentId,
    leave: LeaveId,
    body: LeaveChange,
    version: ChangedVersion,
    tx: Tx,
    recording: Recorded,
    response: Response,
) -> LeaveChanged:
    """End a leave earlier than was said, or cancel it."""
    file = await open_file(tx, agent)
    check_version(version, file.version)
    if body.end is None:
        done = await cancel_leave(tx, file, leave, recording)
    else:
        done = await end_leave(tx, file, leave, body.end, recording)
    set_etag(response, done.version)
    return LeaveChanged(leave=LeaveAnswer.of(done.entries) if done.entries else None)


def _answer(done: Done, response: Response) -> LeaveAnswer:
    response.status_code = 201 if done.new else 200
    set_etag(response, done.version)
    return LeaveAnswer.of(done.entries)
