"""The committee of the regional scheme (comité paritaire de pilotage et de suivi, dossier de presse)."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Response

from kit.http.auth import Principal, requires
from kit.http.route import Now, Tx, service_router
from kit.http.types import DateText
from kit.recording import Recording
from services.agreements.adapters import committees
from services.agreements.api.committee_parts import (
    LeavingBody,
    MeetingAnswer,
    MeetingBody,
    MemberAnswer,
    MemberBody,
    SchemeCommitteeAnswer,
    SendingBody,
)
from services.agreements.api.committees import HeldOn
from services.agreements.api.schemes import SchemeKey
from services.agreements.application import keep_committee
from services.agreements.application.keep_committee import Body

router = service_router(tags=["Comité régional"])
Writer = Annotated[Principal, requires("agreements:write", tenancy="platform")]


@router.get(
    "/v1/schemes/{scheme}/committee",
    dependencies=[requires("agreements:read", tenancy="registry")],
    summary="Comité régional : membres et réunions",
)
async def read(
    scheme: SchemeKey, tx: Tx, clock: Now, as_of: Annotated[DateText | None, Query(description="Jour vu.")] = None
) -> SchemeCommitteeAnswer:
    """Who sits on a day, and the meetings."""
    body = await keep_committee.of_scheme(tx, scheme)
    sitting = await committees.members(tx, body.committee, as_of or clock.day())
    represented = {member.party for member in sitting}
    return SchemeCommitteeAnswer(
        scheme=scheme,
        members=[MemberAnswer.model_validate(member) for member in sitting],
        unrepresented=sorted({party for parties in body.parties.values() for party in parties} - represented),
        meetings=[MeetingAnswer.model_validate(meeting) for meeting in await committees.meetings(tx, body.committee)],
    )


@router.post("/v1/schemes/{scheme}/committee/members", status_code=201, summary="Nommer un membre du comité régional")
async def add_member(scheme: SchemeKey, body: MemberBody, caller: Writer, tx: Tx, clock: Now) -> MemberAnswer:
    """Name a member; the same again changes nothing."""
    known = await _to_change(tx, scheme)
    await keep_committee.seat(tx, known, body.member(), Recording(clock.instant(), caller.client))
    return MemberAnswer.model_validate(body.member())


@router.post("/v1/schemes/{scheme}/committee/members/leaving", summary="Départ d'un membre du comité régional")
async def end_member(scheme: SchemeKey, body: LeavingBody, caller: Writer, tx: Tx, clock: Now) -> MemberAnswer:
    """A member leaves, `on` being the last day."""
    known = await _to_change(tx, scheme)
    await keep_committee.vacate(tx, known, body.member(), Recording(clock.instant(), caller.client))
    return MemberAnswer.model_validate(body.member())


@router.post(
    "/v1/schemes/{scheme}/committee/meetings",
    status_code=201,
    responses={200: {"description": "Déjà enregistrée"}},
    summary="Enregistrer une réunion régionale et son relevé de décision",
)
async def add_meeting(
    *, scheme: SchemeKey, body: MeetingBody, caller: Writer, tx: Tx, clock: Now, response: Response
) -> MeetingAnswer:
    """Record a meeting and its decisions; the same again changes nothing (200)."""
    known = await _to_change(tx, scheme)
    recording = Recording(clock.instant(), caller.client)
    new = await keep_committee.hold(tx, known, body.meeting(), recording, clock.day())
    response.status_code = 201 if new else 200
    return MeetingAnswer.model_validate(body.meeting())


@router.post(
    "/v1/schemes/{scheme}/committee/meetings/{held_on}/sending",
    summary="Relevé de décision régional transmis aux signataires",
)
async def send_record(
    *, scheme: SchemeKey, held_on: HeldOn, body: SendingBody, caller: Writer, tx: Tx, clock: Now
) -> MeetingAnswer:
    """The record of a meeting went to all signatories."""
    known = await _to_change(tx, scheme)
    recording = Recording(clock.instant(), caller.client)
    return MeetingAnswer.model_validate(await keep_committee.send(tx, known, held_on, body.on, recording))


async def _to_change(tx: Tx, scheme: str) -> Body:
    """The scheme binds every employer: only who stands for all of them writes of it (the policy of `Writer`)."""
    return await keep_committee.of_scheme(tx, scheme, to_change=True)
