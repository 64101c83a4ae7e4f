"""Recognitions of invalidity."""

from __future__ import annotations

from fastapi import Response

from kit.http.auth import requires
from kit.http.etag import set_etag
from kit.http.route import Tx, service_router
from services.eligibility.api.answers import InvalidityAnswer
from services.eligibility.api.common import AgentId, Recorded
from services.eligibility.api.schemas import InvalidityRequest
from services.eligibility.application.open_file import open_file
from services.eligibility.application.recognise_invalidity import recognise_invalidity

router = service_router(tags=["Invalidités"], dependencies=[requires("agents:write")])


@router.post(
    "/v1/agents/{agent}/invalidities",
    status_code=201,
    responses={200: {"description": "Déjà connue"}},
    summary="Déclarer la reconnaissance d'une invalidité",
)
async def recognise(
    agent: AgentId, body: InvalidityRequest, tx: Tx, recording: Recorded, response: Response
) -> InvalidityAnswer:
    """Record a recognition; the same again changes nothing (200)."""
    file = await open_file(tx, agent)
    done = await recognise_invalidity(tx, file, body.to_recognition(file.employer(body.employer)), recording)
    response.status_code = 201 if done.new else 200
    set_etag(response, done.version)
    return InvalidityAnswer.of(done.recognition)
