"""The comité paritaire de suivi: who sits, what was decided, who is late with the yearly meeting (art. 7)."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import Query, Response
from pydantic import Field

from kit.events.outbox import publish
from kit.http.auth import Principal, requires
from kit.http.route import Now, Tx, service_router
from kit.http.types import Answer, DateText, LongText, Request, Text
from kit.period import Period
from kit.recording import Recording
from services.agreements.adapters import agreements, committees
from services.agreements.adapters.agreements import StoredAgreement
from services.agreements.adapters.committees import Meeting, Member
from services.agreements.api.agreements import Key
from services.agreements.application.follow_up_payloads import CommitteeDecisionRecorded
from services.agreements.domain.agreement import Side
from services.agreements.domain.committee import attendance
from services.agreements.domain.errors import AlreadyRegistered, OutsideForce, UnknownAgreement
from services.agreements.domain.lifecycle import Force

router = service_router(tags=["Comité de suivi"])
Writer = Annotated[Principal, requires("agreements:write")]
PAGE = 200


class MemberBody(Request):
    """Somebody who sits for an employer or a signing union, from a day on."""

    side: Side
    party: Text
    name: Text
    start: DateText = Field(alias="from")
    end: DateText | None = Field(None, alias="to")


class MeetingBody(Request):
    """A meeting and its record of decisions; `sent_on` left out: not yet sent to the signatories."""

    held_on: DateText
    attendees: list[Text] = Field(max_length=200)
    decisions: list[LongText] = Field(min_length=1, max_length=200)
    sent_on: DateText | None = None


class MemberAnswer(Answer):
    side: Side
    party: str
    name: str


class MeetingAnswer(Answer):
    held_on: date
    attendees: list[str]
    decisions: list[str]
    sent_on: date | None


class CommitteeAnswer(Answer):
    """`unrepresented`: signing unions nobody sits for. `missed`: years over without a meeting; `due`: this year's."""

    agreement: str
    members: list[MemberAnswer]
    unrepresented: list[str]
    meetings: list[MeetingAnswer]
    missed: list[int]
    due: date | None
    late: bool


class LateAnswer(Answer):
    """An accord whose committee did not meet in a year that is over."""

    agreement: str
    missed: list[int]


@router.get("/v1/agreements/late-committees", dependencies=[requires("agreements:read")])
async def late(
    tx: Tx, clock: Now, as_of: Annotated[DateText | None, Query(description="Jour de l'examen.")] = None
) -> list[LateAnswer]:
    """Who is late: accords in force whose committee missed a year."""
    day = as_of or clock.day()
    found: list[LateAnswer] = []
    keys = await agreements.after(tx, "", PAGE)
    while keys:
        held = await committees.meeting_days(tx, keys)
        for key in keys:
            stored = await _stored(tx, key)
            if stored.force(day) in {Force.IN_FORCE, Force.SUSPENDED}:
                seen = attendance(stored.document.period, held.get(key, []), day)
                found += [LateAnswer(agreement=key, missed=list(seen.missed))] if seen.late else []
        keys = await agreements.after(tx, keys[-1], PAGE)
    return found


@router.get("/v1/agreements/{agreement}/committee", dependencies=[requires("agreements:read")])
async def read(
    agreement: Key, tx: Tx, clock: Now, as_of: Annotated[DateText | None, Query(description="Jour vu.")] = None
) -> CommitteeAnswer:
    """Who sits on a day, the meetings, and how the accord stands with the yearly one."""
    day = as_of or clock.day()
    stored = await _stored(tx, agreement)
    sitting = await committees.members(tx, agreement, day)
    held = await committees.meetings(tx, agreement)
    seen = attendance(stored.document.period, [meeting.held_on for meeting in held], day)
    represented = {member.party for member in sitting if member.side is Side.UNION}
    unions = [s.party for s in stored.document.signatories if s.side is Side.UNION]
    return CommitteeAnswer(
        agreement=agreement,
        members=[MemberAnswer.model_validate(member) for member in sitting],
        unrepresented=sorted(set(unions) - represented),
        meetings=[MeetingAnswer.model_validate(meeting) for meeting in held],
        missed=list(seen.missed),
        due=seen.due,
        late=seen.late,
    )


@router.post("/v1/agreements/{agreement}/committee/members", status_code=201)
async def add_member(agreement: Key, body: MemberBody, caller: Writer, tx: Tx, clock: Now) -> MemberAnswer:
    """Name a member; the same again changes nothing."""
    await _stored(tx, agreement)
    if body.end is not None and body.end < body.start:
        raise OutsideForce(pointer="/to")
    member = Member(body.side, body.party, body.name, Period(body.start, body.end))
    await committees.add_member(tx, agreement, member, Recording(clock.instant(), caller.client))
    return MemberAnswer.model_validate(member)


@router.post(
    "/v1/agreements/{agreement}/committee/meetings",
    status_code=201,
    responses={200: {"description": "Déjà enregistrée"}},
)
async def add_meeting(
    *, agreement: Key, body: MeetingBody, caller: Writer, tx: Tx, clock: Now, response: Response
) -> MeetingAnswer:
    """Record a meeting and its decisions; the same again changes nothing (200)."""
    stored = await _stored(tx, agreement)
    if body.held_on > clock.day() or body.held_on < stored.document.period.start:
        raise OutsideForce(pointer="/held_on")
    meeting = Meeting(body.held_on, tuple(body.attendees), tuple(body.decisions), body.sent_on)
    if await committees.add_meeting(tx, agreement, meeting, Recording(clock.instant(), caller.client)):
        told = CommitteeDecisionRecorded(
            agreement=agreement, held_on=body.held_on, decisions=list(body.decisions), sent_on=body.sent_on
        )
        await publish(tx, told, key=agreement, subject=f"/v1/agreements/{agreement}/committee")
    elif meeting not in await committees.meetings(tx, agreement):
        raise AlreadyRegistered(pointer="/held_on")
    else:
        response.status_code = 200
    return MeetingAnswer.model_validate(meeting)


async def _stored(tx: Tx, agreement: str) -> StoredAgreement:
    stored = await agreements.get(tx, agreement)
    if stored is None:
        raise UnknownAgreement
    return stored
