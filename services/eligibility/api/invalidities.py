"""Recognitions of invalidity: announced, revised, withdrawn."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal, Self
from uuid import UUID

from fastapi import Path, Response
from pydantic import Field, model_validator

from kit.http.auth import requires
from kit.http.etag import ChangedVersion, check_version, set_etag
from kit.http.route import Rules, Tx, service_router
from kit.http.types import Amount, DateText, Request, Share, example
from kit.period import Period
from services.eligibility.api.answers import InvalidityAnswer
from services.eligibility.api.common import AgentId, Entered, Recorded, remarks_in
from services.eligibility.api.entered import InvalidityEntered
from services.eligibility.api.schemas import InvalidityRequest, refused
from services.eligibility.application.doubt_facts import on_invalidity
from services.eligibility.application.open_file import open_file
from services.eligibility.application.recognise_invalidity import (
    known_recognition,
    recognise_invalidity,
    revise_invalidity,
    withdraw_invalidity,
)
from services.eligibility.domain.facts import Invalidity

router = service_router(tags=["Invalidités"], dependencies=[requires("agents:write")])


class InvalidityChange(Request):
    """What was, in truth, recognised: what is left out stays as it is; or nothing was."""

    model_config = example({"pension_net": "950.00"})

    since: DateText | None = Field(None, alias="from")
    cnracl_rate: Share | None = None
    ss_category: Literal["1", "2", "3"] | None = None
    atmp_rate: Share | None = None
    pension_net: Amount | None = None
    withdrawn: Literal[True] | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if bool(self.model_fields_set - {"withdrawn"}) is (self.withdrawn is not None):
            raise refused("one_change", "Soit ce qui est corrigé, soit `withdrawn`.")
        return self

    def applied_to(self, known: Invalidity) -> Invalidity:
        period = known.period if self.since is None else Period(self.since)
        said = {name: getattr(self, name) for name in ("cnracl_rate", "ss_category", "atmp_rate", "pension_net")}
        return replace(known, period=period, **{name: value for name, value in said.items() if value is not None})


class InvalidityNow(Entered):
    """A recognition after a change; None: it was none."""

    invalidity: InvalidityAnswer | None


@router.post(
    "/v1/agents/{agent}/invalidities",
    status_code=201,
    responses={200: {"description": "Déjà connue"}},
    summary="Déclarer la reconnaissance d'une invalidité",
)
async def recognise(
    *, agent: AgentId, body: InvalidityRequest, tx: Tx, rules: Rules, recording: Recorded, response: Response
) -> InvalidityEntered:
    """Record a recognition; the one before it ends the day before. The same again changes nothing (200)."""
    file = await open_file(tx, agent)
    done = await recognise_invalidity(tx, file, body.to_recognition(file.employer(body.employer)), recording, rules)
    response.status_code = 201 if done.new else 200
    set_etag(response, done.version)
    found = await on_invalidity(tx, file, done.recognition)
    return InvalidityEntered.said(InvalidityAnswer.of(done.recognition), body, found)


@router.patch(
    "/v1/agents/{agent}/invalidities/{invalidity}", summary="Corriger ou retirer la reconnaissance d'une invalidité"
)
async def change(
    *,
    agent: AgentId,
    invalidity: Annotated[UUID, Path(description="Identifiant de la reconnaissance.")],
    body: InvalidityChange,
    version: ChangedVersion,
    tx: Tx,
    rules: Rules,
    recording: Recorded,
    response: Response,
) -> InvalidityNow:
    """Say what was recognised instead, or that nothing was. What was known before stays readable."""
    file = await open_file(tx, agent)
    check_version(version, file.version)
    if body.withdrawn:
        set_etag(response, await withdraw_invalidity(tx, file, invalidity, recording))
        return InvalidityNow(invalidity=None)
    now = body.applied_to(await known_recognition(tx, file, invalidity))
    done = await revise_invalidity(tx, file, now, recording, rules)
    set_etag(response, done.version)
    remarks = remarks_in(body, await on_invalidity(tx, file, done.recognition))
    return InvalidityNow(invalidity=InvalidityAnswer.of(done.recognition), warnings=remarks)
