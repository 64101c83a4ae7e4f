"""Members and meetings of the committees, appended and never changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.period import Period
from kit.recording import Recording
from services.agreements.adapters.tables import committee_meeting, committee_member
from services.agreements.domain.agreement import Side


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who sits for an employer or a signing union."""

    side: Side
    party: str
    name: str
    period: Period


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting and its record of decisions. `sent_on`: when the record went to the signatories."""

    held_on: date
    attendees: tuple[str, ...]
    decisions: tuple[str, ...]
    sent_on: date | None


async def add_member(tx: AsyncConnection, agreement: str, one: Member, recording: Recording) -> bool:
    """Whether the member is new; the same again changes nothing."""
    values = {"agreement": agreement, "party": one.party, "name": one.name, "side": one.side.value, "valid": one.period}
    row = {**values, "recorded_at": recording.at, "recorded_by": recording.by}
    return (await tx.execute(insert(committee_member).values(row).on_conflict_do_nothing())).rowcount == 1


async def members(tx: AsyncConnection, agreement: str, day: date) -> list[Member]:
    """Who sits on a day."""
    table = committee_member.c
    holds = table.valid.op("@>", is_comparison=True)(literal(day))
    query = select(committee_member).where(table.agreement == agreement, holds).order_by(table.side, table.party)
    return [Member(Side(row.side), row.party, row.name, row.valid) for row in await tx.execute(query)]


async def add_meeting(tx: AsyncConnection, agreement: str, one: Meeting, recording: Recording) -> bool:
    """Whether the meeting is new; one of that day is kept as it was recorded."""
    values = {
        "agreement": agreement,
        "held_on": one.held_on,
        "attendees": list(one.attendees),
        "decisions": list(one.decisions),
        "sent_on": one.sent_on,
        "recorded_at": recording.at,
        "recorded_by": recording.by,
    }
    return (await tx.execute(insert(committee_meeting).values(values).on_conflict_do_nothing())).rowcount == 1


async def meetings(tx: AsyncConnection, agreement: str) -> list[Meeting]:
    """Every meeting, the latest first."""
    table = committee_meeting.c
    query = select(committee_meeting).where(table.agreement == agreement).order_by(table.held_on.desc())
    return [
        Meeting(row.held_on, tuple(row.attendees), tuple(row.decisions), row.sent_on) for row in await tx.execute(query)
    ]


async def meeting_days(tx: AsyncConnection, agreements: Sequence[str]) -> dict[str, list[date]]:
    """The days each of these accords' committees met."""
    table = committee_meeting.c
    query = select(table.agreement, func.array_agg(table.held_on)).where(table.agreement.in_(agreements))
    return {key: list(days) for key, days in (await tx.execute(query.group_by(table.agreement))).all()}
