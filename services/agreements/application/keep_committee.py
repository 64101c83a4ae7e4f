"""The committee of an accord (art. 7) or of the regional scheme: who sits, what it decided, what was sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.events.envelope import EventData
from kit.events.outbox import publish
from kit.recording import Recording
from services.agreements.adapters import agreements, committees, schemes
from services.agreements.adapters.committees import Committee, Meeting, Member
from services.agreements.application.change_agreement import locked
from services.agreements.application.follow_up_payloads import CommitteeDecisionRecorded, SchemeDecisionRecorded
from services.agreements.domain.agreement import Side
from services.agreements.domain.committee import Level
from services.agreements.domain.errors import (
    AlreadyRegistered,
    NotASignatory,
    OutsideForce,
    UnknownAgreement,
    UnknownMeeting,
    UnknownScheme,
)


@dataclass(frozen=True, slots=True)
class Body:
    """A committee and what its subject says of it: since when, for whom one may sit."""

    committee: Committee
    since: date
    parties: Mapping[Side, Sequence[str]]

    @property
    def subject(self) -> str:
        """Where it is read."""
        kind = "agreements" if self.committee.level is Level.AGREEMENT else "schemes"
        return f"/v1/{kind}/{self.committee.subject}/committee"


async def of_agreement(tx: AsyncConnection, key: str, *, to_change: bool = False) -> Body:
    """The committee of an accord, locked when it is to change. Raises UnknownAgreement."""
    stored = await locked(tx, key) if to_change else await agreements.get(tx, key)
    if stored is None:
        raise UnknownAgreement
    document = stored.document
    parties = {
        Side.EMPLOYER: [word for e in document.employers for word in (e.name, e.siret)],
        Side.UNION: [s.party for s in document.signatories if s.side is Side.UNION],
    }
    return Body(Committee(Level.AGREEMENT, key), document.period.start, parties)


async def of_scheme(tx: AsyncConnection, key: str, *, to_change: bool = False) -> Body:
    """The committee of a scheme: centres de gestion and the unions that signed. Raises UnknownScheme."""
    if to_change:
        await schemes.lock(tx, key)
    found = await schemes.latest(tx, key)
    if found is None:
        raise UnknownScheme
    parties = {Side.EMPLOYER: found.centres, Side.UNION: found.unions}
    return Body(Committee(Level.SCHEME, key), found.signed_on, parties)


async def seat(tx: AsyncConnection, body: Body, member: Member, recording: Recording) -> None:
    """Raises NotASignatory."""
    _signed(body, member)
    await committees.seat(tx, body.committee, member, recording)


async def vacate(tx: AsyncConnection, body: Body, member: Member, recording: Recording) -> None:
    """Nobody sits there after the last day of the member's period. Raises NotASignatory."""
    _signed(body, member)
    await committees.vacate(tx, body.committee, member, recording)


async def hold(tx: AsyncConnection, body: Body, meeting: Meeting, recording: Recording, today: date) -> bool:
    """Whether the meeting is new. Raises OutsideForce, and AlreadyRegistered for another record of that day."""
    if not body.since <= meeting.held_on <= today:
        raise OutsideForce(pointer="/held_on")
    if await committees.add_meeting(tx, body.committee, meeting, recording):
        await _tell(tx, body, meeting)
        return True
    if meeting not in await committees.meetings(tx, body.committee):
        raise AlreadyRegistered(pointer="/held_on")
    return False


async def send(tx: AsyncConnection, body: Body, held_on: date, sent_on: date, recording: Recording) -> Meeting:
    """The record of a meeting goes to the signatories. Raises UnknownMeeting, OutsideForce, AlreadyRegistered."""
    known = await _meeting(tx, body, held_on)
    if known is None:
        raise UnknownMeeting
    if sent_on < held_on:
        raise OutsideForce(pointer="/on")
    new = await committees.send(tx, body.committee, held_on, sent_on, recording)
    sent = await _meeting(tx, body, held_on)
    assert sent is not None, "a meeting that was there is still there"
    if sent.sent_on != sent_on:
        raise AlreadyRegistered(pointer="/on")
    if new:
        await _tell(tx, body, sent)
    return sent


async def _meeting(tx: AsyncConnection, body: Body, held_on: date) -> Meeting | None:
    return next((one for one in await committees.meetings(tx, body.committee) if one.held_on == held_on), None)


def _signed(body: Body, member: Member) -> None:
    if member.party not in body.parties[member.side]:
        raise NotASignatory(pointer="/party")


async def _tell(tx: AsyncConnection, body: Body, meeting: Meeting) -> None:
    key = body.committee.subject
    said = {"held_on": meeting.held_on, "decisions": list(meeting.decisions), "sent_on": meeting.sent_on}
    told: EventData = (
        CommitteeDecisionRecorded.model_validate({"agreement": key, **said})
        if body.committee.level is Level.AGREEMENT
        else SchemeDecisionRecorded.model_validate({"scheme": key, **said})
    )
    await publish(tx, told, key=key, subject=body.subject)
