"""Statutory positions: disponibilité, parental leave, secondment elsewhere, leave without pay."""

from __future__ import annotations

from typing import Annotated, Literal, Self
from uuid import UUID

from fastapi import Path, Response
from pydantic import Field, field_validator, model_validator

from kit.http.auth import requires
from kit.http.etag import ChangedVersion, check_version, set_etag
from kit.http.route import Rules, Tx, service_router
from kit.http.types import DateText, Flag, Request, SiretText, example
from kit.ids import new_id
from kit.period import Period
from rules.vocabulary import PositionKind
from services.eligibility.api.common import AgentId, Recorded, remarks_in
from services.eligibility.api.entered import PositionEntered
from services.eligibility.api.schemas import in_order, refused
from services.eligibility.api.status_answers import PositionAnswer, PositionNow
from services.eligibility.application.doubt_facts import on_absence
from services.eligibility.application.open_file import open_file
from services.eligibility.application.record_position import (
    alter_position,
    cancel_position,
    end_position,
    start_position,
)
from services.eligibility.domain.amendment import Alteration
from services.eligibility.domain.facts import LeaveEntry

router = service_router(tags=["Positions"], dependencies=[requires("agents:write")])
PositionId = Annotated[UUID, Path(description="Identifiant de la position.")]


class PositionRequest(Request):
    """A position, unpaid unless said otherwise: pay, an allowance or an annuity keeps the cover (accord art. 2.2)."""

    model_config = example({"kind": "DISPONIBILITE", "start": "2026-10-01", "end": "2027-03-31"})

    employer: SiretText | None = None
    kind: Literal[
        PositionKind.DISPONIBILITE,
        PositionKind.CONGE_PARENTAL,
        PositionKind.DETACHEMENT,
        PositionKind.CONGE_SANS_TRAITEMENT,
    ]
    start: DateText
    end: DateText | None = None
    paid: Flag = Field(
        False, description="Rémunération, indemnisation ou rente maintenue, même en partie, par l'employeur."
    )

    _in_order = field_validator("end")(in_order)

    def to_entry(self, employer: str) -> LeaveEntry:
        return LeaveEntry(new_id(), new_id(), employer, self.kind, Period(self.start, self.end), self.paid)


class PositionChange(Request):
    """Another last day; or, from a day on, paid or not; or it never was."""

    model_config = example({"end": "2026-12-31"})

    end: DateText | None = None
    paid: Flag | None = None
    since: DateText | None = Field(None, alias="from")
    cancelled: Literal[True] | None = None

    @model_validator(mode="after")
    def _one_change(self) -> Self:
        if sum(one is not None for one in (self.end, self.paid, self.cancelled)) != 1:
            raise refused("one_change", "Soit `end`, soit `paid` avec `from`, soit `cancelled`.")
        if (self.since is None) is not (self.paid is None):
            raise refused("from_required", "`from` dit depuis quand `paid` est vrai ; il va avec lui.")
        return self

    def alteration(self) -> Alteration:
        assert self.since is not None, "a payment says since when"
        return Alteration(self.since, paid=self.paid)


@router.post(
    "/v1/agents/{agent}/positions",
    status_code=201,
    responses={200: {"description": "Déjà connue"}},
    summary="Enregistrer une position statutaire",
)
async def start(
    *, agent: AgentId, body: PositionRequest, tx: Tx, rules: Rules, recording: Recorded, response: Response
) -> PositionEntered:
    """Record a position; the same again changes nothing (200)."""
    file = await open_file(tx, agent)
    done = await start_position(tx, file, body.to_entry(file.employer(body.employer)), recording, rules)
    response.status_code = 201 if done.new else 200
    set_etag(response, done.version)
    found = await on_absence(tx, file, done.entries, recording.at.date(), rules=rules)
    return PositionEntered.said(PositionAnswer.of(done.entries), body, found)


@router.patch("/v1/agents/{agent}/positions/{position}", summary="Modifier, terminer ou annuler une position")
async def change(
    *,
    agent: AgentId,
    position: PositionId,
    body: PositionChange,
    version: ChangedVersion,
    tx: Tx,
    rules: Rules,
    recording: Recorded,
    response: Response,
) -> PositionNow:
    """Set another last day, say from when it is paid, or cancel it. What was known before stays readable."""
    file = await open_file(tx, agent)
    check_version(version, file.version)
    if body.cancelled:
        done = await cancel_position(tx, file, position, recording)
    elif body.paid is not None:
        done = await alter_position(tx, file, position, body.alteration(), recording)
    else:
        assert body.end is not None, "a change says one thing"
        done = await end_position(tx, file, position, body.end, recording)
    set_etag(response, done.version)
    found = await on_absence(tx, file, done.entries, recording.at.date(), rules=rules)
    now = PositionAnswer.of(done.entries) if done.entries else None
    return PositionNow(position=now, warnings=remarks_in(body, found))
