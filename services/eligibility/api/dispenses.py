"""Dispenses: asked, proven every year, given up (accord art. 3)."""

from __future__ import annotations

from typing import Annotated, Final, Literal, Self
from uuid import UUID

from fastapi import Path, Response
from pydantic import Field, model_validator

from kit.http.auth import requires
from kit.http.etag import ChangedVersion, check_version, set_etag
from kit.http.route import Tx, service_router
from kit.http.types import DateText, Flag, Request, SiretText, example
from kit.ids import new_id
from kit.period import Period
from services.eligibility.api.common import AgentId, Recorded, remarks_in
from services.eligibility.api.entered import DispenseEntered
from services.eligibility.api.schemas import refused
from services.eligibility.api.status_answers import DispenseAnswer, DispenseNow
from services.eligibility.application.doubt_facts import on_dispense
from services.eligibility.application.open_file import OpenFile, open_file
from services.eligibility.application.request_dispense import (
    Asked,
    cancel_dispense,
    drop_proof,
    give_up_dispense,
    prove_dispense,
    request_dispense,
)
from services.eligibility.domain.facts import DispenseRequest

router = service_router(tags=["Dispenses"], dependencies=[requires("agents:write")])
DispenseId = Annotated[UUID, Path(description="Identifiant de la demande.")]
# One a year: a career holds fewer.
MAX_PROOFS: Final = 100


class DispenseBody(Request):
    """A written request not to be covered, with the proofs of individual cover that came with it."""

    model_config = example({"requested_on": "2026-01-10", "individual_cover": True, "proofs": ["2026-01-10"]})

    employer: SiretText | None = None
    requested_on: DateText
    individual_cover: Flag = Field(description="Couverture individuelle souscrite par ailleurs, de même nature.")
    proofs: list[DateText] = Field(default_factory=list, max_length=MAX_PROOFS, description="Dates des justificatifs.")

    def to_request(self, employer: str) -> DispenseRequest:
        proofs = tuple(sorted(set(self.proofs)))
        return DispenseRequest(new_id(), employer, Period(self.requested_on), self.individual_cover, proofs)


class ProofBody(Request):
    """A proof, or a declaration on honour, of individual cover."""

    model_config = example({"date": "2026-01-12"})

    on: DateText = Field(alias="date")


class DispenseChange(Request):
    """The last day of a dispense that is given up; or a proof that was none; or the request was never made."""

    model_config = example({"to": "2027-06-30"})

    until: DateText | None = Field(None, alias="to")
    without_proof: DateText | None = None
    cancelled: Literal[True] | None = None

    @model_validator(mode="after")
    def _one_change(self) -> Self:
        if sum(one is not None for one in (self.until, self.without_proof, self.cancelled)) != 1:
            raise refused("one_change", "Soit `to`, soit `without_proof`, soit `cancelled`.")
        return self


@router.post(
    "/v1/agents/{agent}/dispenses",
    status_code=201,
    responses={200: {"description": "Déjà connue"}},
    summary="Enregistrer une demande de dispense",
)
async def ask(agent: AgentId, body: DispenseBody, tx: Tx, recording: Recorded, response: Response) -> DispenseEntered:
    """Record a request, in time or not: the decision on cover says. The same again changes nothing (200)."""
    file = await open_file(tx, agent)
    done = await request_dispense(tx, file, body.to_request(file.employer(body.employer)), recording)
    return _told(file, body, done, response)


@router.post(
    "/v1/agents/{agent}/dispenses/{dispense}/proofs",
    status_code=201,
    responses={200: {"description": "Déjà connu"}},
    summary="Enregistrer un justificatif annuel",
)
async def prove(
    *, agent: AgentId, dispense: DispenseId, body: ProofBody, tx: Tx, recording: Recorded, response: Response
) -> DispenseEntered:
    """Record a proof; the same again changes nothing (200)."""
    file = await open_file(tx, agent)
    return _told(file, body, await prove_dispense(tx, file, dispense, body.on, recording), response)


@router.patch("/v1/agents/{agent}/dispenses/{dispense}", summary="Renoncer à une dispense, ou la corriger")
async def change(
    *,
    agent: AgentId,
    dispense: DispenseId,
    body: DispenseChange,
    version: ChangedVersion,
    tx: Tx,
    recording: Recorded,
    response: Response,
) -> DispenseNow:
    """Give a dispense up, take a proof back, or the request. What was known before stays readable."""
    file = await open_file(tx, agent)
    check_version(version, file.version)
    if body.until is not None:
        done = await give_up_dispense(tx, file, dispense, body.until, recording)
    elif body.without_proof is not None:
        done = await drop_proof(tx, file, dispense, body.without_proof, recording)
    else:
        done = await cancel_dispense(tx, file, dispense, recording)
    set_etag(response, done.version)
    now = None if done.request is None else DispenseAnswer.of(done.request)
    return DispenseNow(dispense=now, warnings=remarks_in(body, on_dispense(file, done.request)))


def _told(file: OpenFile, body: Request, done: Asked, response: Response) -> DispenseEntered:
    assert done.request is not None, "what was recorded is there"
    response.status_code = 201 if done.new else 200
    set_etag(response, done.version)
    return DispenseEntered.said(DispenseAnswer.of(done.request), body, on_dispense(file, done.request))
