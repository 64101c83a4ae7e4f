"""Leaves: started, renewed, ended, requalified, cancelled."""

from __future__ import annotations

from typing import Annotated, Literal, Self
from uuid import UUID

from fastapi import Path, Response
from pydantic import Field, model_validator

from kit.http.auth import requires
from kit.http.etag import ChangedVersion, check_version, set_etag
from kit.http.route import Rules, Tx, service_router
from kit.http.types import DateText, Flag, Request, example
from rules.vocabulary import LeaveKind, PositionKind
from services.eligibility.api.answers import LeaveAnswer, LeaveChanged
from services.eligibility.api.common import AgentId, Recorded, remarks_in
from services.eligibility.api.entered import LeaveEntered
from services.eligibility.api.schemas import ExtensionRequest, LeaveRequest, refused
from services.eligibility.application.doubt_facts import Doubts, on_absence
from services.eligibility.application.open_file import open_file
from services.eligibility.application.record_leave import (
    Recorded as Done,
)
from services.eligibility.application.record_leave import (
    cancel_leave,
    end_leave,
    extend_leave,
    requalify_leave,
    start_leave,
)
from services.eligibility.domain.amendment import Alteration

router = service_router(tags=["Congés"], dependencies=[requires("agents:write")])
LeaveId = Annotated[UUID, Path(description="Identifiant du congé.")]


class LeaveChange(Request):
    """The leave ends earlier, or from a day on it was of another kind, or it never was."""

    model_config = example({"end": "2026-03-15"})

    end: DateText | None = None
    kind: LeaveKind | None = None
    since: DateText | None = Field(None, alias="from")
    paid: Flag | None = None
    cancelled: Literal[True] | None = None

    @model_validator(mode="after")
    def _one_of_three(self) -> Self:
        if sum(one is not None for one in (self.end, self.kind, self.cancelled)) != 1:
            raise refused("one_change", "Soit `end`, soit `kind` avec `from`, soit `cancelled`.")
        if (self.since is None) is not (self.kind is None):
            raise refused("from_required", "`from` dit depuis quand le congé est requalifié ; il va avec `kind`.")
        if self.paid is None and self.kind is LeaveKind.DO:
            raise refused("paid_required", "Dites si la disponibilité d'office est indemnisée.")
        if self.paid is not None and self.kind is None:
            raise refused("kind_required", "`paid` va avec `kind`.")
        return self

    def alteration(self) -> Alteration:
        assert self.kind is not None, "a requalification says the kind"
        assert self.since is not None, "and since when"
        return Alteration(self.since, PositionKind(self.kind.value), self.paid)


@router.post(
    "/v1/agents/{agent}/leaves",
    status_code=201,
    responses={200: {"description": "Déjà connu"}},
    summary="Déclarer un arrêt",
)
async def start(
    *, agent: AgentId, body: LeaveRequest, tx: Tx, rules: Rules, recording: Recorded, response: Response
) -> LeaveEntered:
    """Record an initial stop; the same again changes nothing (200)."""
    file = await open_file(tx, agent)
    done = await start_leave(tx, file, body.to_entry(file.employer(body.employer)), recording, rules)
    return _answer(done, body, await on_absence(tx, file, done.entries, recording.at.date(), rules=rules), response)


@router.post(
    "/v1/agents/{agent}/leaves/{leave}/extensions",
    status_code=201,
    responses={200: {"description": "Déjà connu"}},
    summary="Renouveler un arrêt",
)
async def extend(
    *,
    agent: AgentId,
    leave: LeaveId,
    body: ExtensionRequest,
    tx: Tx,
    rules: Rules,
    recording: Recorded,
    response: Response,
) -> LeaveEntered:
    """Record a renewal, which follows without a gap; the same again changes nothing (200)."""
    file = await open_file(tx, agent)
    done = await extend_leave(tx, file, leave, body.to_renewal(), recording, rules=rules)
    return _answer(done, body, await on_absence(tx, file, done.entries, recording.at.date(), rules=rules), response)


@router.patch("/v1/agents/{agent}/leaves/{leave}", summary="Écourter, requalifier ou annuler un arrêt")
async def change(
    *,
    agent: AgentId,
    leave: LeaveId,
    body: LeaveChange,
    version: ChangedVersion,
    tx: Tx,
    rules: Rules,
    recording: Recorded,
    response: Response,
) -> LeaveChanged:
    """End a leave earlier than was said, say of which kind it was after the fact, or cancel it."""
    file = await open_file(tx, agent)
    check_version(version, file.version)
    if body.end is not None:
        done = await end_leave(tx, file, leave, body.end, recording)
    elif body.kind is not None:
        done = await requalify_leave(tx, file, leave, body.alteration(), recording)
    else:
        done = await cancel_leave(tx, file, leave, recording)
    set_etag(response, done.version)
    long = "/end" if body.kind is None else "/kind"
    found = await on_absence(tx, file, done.entries, recording.at.date(), rules=rules, long=long)
    now = LeaveAnswer.of(done.entries) if done.entries else None
    return LeaveChanged(leave=now, warnings=remarks_in(body, found))


def _answer(done: Done, body: Request, doubts: Doubts, response: Response) -> LeaveEntered:
    response.status_code = 201 if done.new else 200
    set_etag(response, done.version)
    return LeaveEntered.said(LeaveAnswer.of(done.entries), body, doubts)
