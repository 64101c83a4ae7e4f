"""Departures: an agent leaves an employer, or turns out not to have left."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Path, Response
from pydantic import Field

from kit.http.auth import requires
from kit.http.etag import ChangedVersion, check_version, set_etag
from kit.http.route import Tx, service_router
from kit.http.types import DateText, Request, SiretText, example
from kit.ids import new_id
from services.eligibility.api.common import AgentId, Recorded
from services.eligibility.api.entered import DepartureEntered
from services.eligibility.api.status_answers import DepartureAnswer
from services.eligibility.application.doubt_facts import on_departure
from services.eligibility.application.open_file import open_file
from services.eligibility.application.record_departure import record_departure, withdraw_departure
from services.eligibility.domain.departure import Departure, DepartureReason

router = service_router(tags=["Départs"], dependencies=[requires("agents:write")])


class DepartureRequest(Request):
    """The last day with the employer, and why: a retirement, a transfer, an end of contract…"""

    model_config = example({"date": "2026-09-30", "reason": "RESIGNATION"})

    employer: SiretText | None = None
    on: DateText = Field(alias="date", description="Dernier jour d'emploi.")
    reason: DepartureReason

    def to_departure(self, employer: str) -> Departure:
        return Departure(new_id(), employer, self.on, self.reason)


@router.post(
    "/v1/agents/{agent}/departures",
    status_code=201,
    responses={200: {"description": "Déjà connu"}},
    summary="Enregistrer un départ ou une retraite",
)
async def leave(
    agent: AgentId, body: DepartureRequest, tx: Tx, recording: Recorded, response: Response
) -> DepartureEntered:
    """Record a departure: every contract with the employer ends that day. The same again changes nothing (200)."""
    file = await open_file(tx, agent)
    done = await record_departure(tx, file, body.to_departure(file.employer(body.employer)), recording)
    response.status_code = 201 if done.new else 200
    set_etag(response, done.version)
    found = await on_departure(tx, file, done.departure)
    return DepartureEntered.said(DepartureAnswer.of(done.departure), body, found)


@router.delete("/v1/agents/{agent}/departures/{departure}", status_code=204, summary="Annuler un départ")
async def withdraw(
    *,
    agent: AgentId,
    departure: Annotated[UUID, Path(description="Identifiant du départ.")],
    version: ChangedVersion,
    tx: Tx,
    recording: Recorded,
    response: Response,
) -> None:
    """The agent did not leave: contracts run as they did before it was said."""
    file = await open_file(tx, agent)
    check_version(version, file.version)
    set_etag(response, await withdraw_departure(tx, file, departure, recording))
