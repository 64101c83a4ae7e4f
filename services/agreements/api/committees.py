"""The comité paritaire de suivi: who sits, what was decided, who is late with the yearly meeting (art. 7)."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query, Response

from kit.http.auth import Principal, requires
from kit.http.route import Now, Tx, service_router
from kit.http.types import DateText, SiretText
from kit.recording import Recording
from services.agreements.adapters import agreements, committees
from services.agreements.adapters.agreements import StoredAgreement
from services.agreements.adapters.standings import standings
from services.agreements.api.agreements import Key, stands_for
from services.agreements.api.committee_parts import (
    CommitteeAnswer,
    LateAnswer,
    LeavingBody,
    MeetingAnswer,
    MeetingBody,
    MemberAnswer,
    MemberBody,
    SendingBody,
)
from services.agreements.application import keep_committee
from services.agreements.application.keep_committee import Body
from services.agreements.domain.agreement import Side
from services.agreements.domain.committee import attendance
from services.agreements.domain.errors import UnknownAgreement
from services.agreements.domain.lifecycle import Force

router = service_router(tags=["Comité de suivi"])
Writer = Annotated[Principal, requires("agreements:write")]
HeldOn = Annotated[DateText, Path(description="Jour de la réunion.")]
PAGE = 200


@router.get(
    "/v1/agreements/late-committees",
    dependencies=[requires("agreements:read")],
    summary="Accords en vigueur dont le comité a manqué une année",
)
async def late(
    tx: Tx,
    clock: Now,
    as_of: Annotated[DateText | None, Query(description="Jour de l'examen.")] = None,
    employer: Annotated[SiretText | None, Query(description="Qui lient cet employeur.")] = None,
) -> list[LateAnswer]:
    """Who is late: accords in force whose committee missed a year."""
    day = as_of or clock.day()
    found: list[LateAnswer] = []
    keys = await agreements.after(tx, "", PAGE)
    while keys:
        held = await committees.meeting_days(tx, keys)
        for one in await standings(tx, keys):
            if (employer is None or employer in one.employers) and one.force(day) in {Force.IN_FORCE, Force.SUSPENDED}:
                seen = attendance(one.effective, held.get(one.id, []), day)
                found += [LateAnswer(agreement=one.id, missed=list(seen.missed))] if seen.late else []
        keys = await agreements.after(tx, keys[-1], PAGE)
    return found


@router.get(
    "/v1/agreements/{agreement}/committee",
    dependencies=[requires("agreements:read")],
    summary="Comité d'un accord : membres, réunions, retard",
)
async def read(
    agreement: Key, tx: Tx, clock: Now, as_of: Annotated[DateText | None, Query(description="Jour vu.")] = None
) -> CommitteeAnswer:
    """Who sits on a day, the meetings, and how the accord stands with the yearly one."""
    day = as_of or clock.day()
    stored = await _stored(tx, agreement)
    body = await keep_committee.of_agreement(tx, agreement)
    sitting = await committees.members(tx, body.committee, day)
    held = await committees.meetings(tx, body.committee)
    seen = attendance(stored.document.period, [meeting.held_on for meeting in held], day)
    represented = {member.party for member in sitting if member.side is Side.UNION}
    return CommitteeAnswer(
        agreement=agreement,
        members=[MemberAnswer.model_validate(member) for member in sitting],
        unrepresented=sorted(set(body.parties[Side.UNION]) - represented),
        employer_side=any(member.side is Side.EMPLOYER for member in sitting),
        meetings=[MeetingAnswer.model_validate(meeting) for meeting in held],
        unsent=[meeting.held_on for meeting in held if meeting.sent_on is None],
        missed=list(seen.missed),
        due=seen.due,
        late=seen.late,
    )


@router.post("/v1/agreements/{agreement}/committee/members", status_code=201, summary="Nommer un membre du comité")
async def add_member(agreement: Key, body: MemberBody, caller: Writer, tx: Tx, clock: Now) -> MemberAnswer:
    """Name a member; the same again changes nothing."""
    known = await _to_change(tx, agreement, caller)
    await keep_committee.seat(tx, known, body.member(), Recording(clock.instant(), caller.client))
    return MemberAnswer.model_validate(body.member())


@router.post("/v1/agreements/{agreement}/committee/members/leaving", summary="Départ d'un membre du comité")
async def end_member(agreement: Key, body: LeavingBody, caller: Writer, tx: Tx, clock: Now) -> MemberAnswer:
    """A member leaves, `on` being the last day."""
    known = await _to_change(tx, agreement, caller)
    await keep_committee.vacate(tx, known, body.member(), Recording(clock.instant(), caller.client))
    return MemberAnswer.model_validate(body.member())


@router.post(
    "/v1/agreements/{agreement}/committee/meetings",
    status_code=201,
    responses={200: {"description": "Déjà enregistrée"}},
    summary="Enregistrer une réunion et son relevé de décision",
)
async def add_meeting(
    *, agreement: Key, body: MeetingBody, caller: Writer, tx: Tx, clock: Now, response: Response
) -> MeetingAnswer:
    """Record a meeting and its decisions; the same again changes nothing (200)."""
    known = await _to_change(tx, agreement, caller)
    recording = Recording(clock.instant(), caller.client)
    new = await keep_committee.hold(tx, known, body.meeting(), recording, clock.day())
    response.status_code = 201 if new else 200
    return MeetingAnswer.model_validate(body.meeting())


@router.post(
    "/v1/agreements/{agreement}/committee/meetings/{held_on}/sending",
    summary="Relevé de décision transmis aux signataires",
)
async def send_record(
    *, agreement: Key, held_on: HeldOn, body: SendingBody, caller: Writer, tx: Tx, clock: Now
) -> MeetingAnswer:
    """The record of a meeting went to all signatories (art. 7)."""
    known = await _to_change(tx, agreement, caller)
    recording = Recording(clock.instant(), caller.client)
    return MeetingAnswer.model_validate(await keep_committee.send(tx, known, held_on, body.on, recording))


async def _to_change(tx: Tx, agreement: str, caller: Principal) -> Body:
    """The committee is common to the employers of the accord: who stands for all of them writes of it."""
    await stands_for(tx, caller, agreement)
    return await keep_committee.of_agreement(tx, agreement, to_change=True)


async def _stored(tx: Tx, agreement: str) -> StoredAgreement:
    stored = await agreements.get(tx, agreement)
    if stored is None:
        raise UnknownAgreement
    return stored
