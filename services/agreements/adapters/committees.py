"""Seats and meetings of the committees, of accords and of schemes. Seats are dated twice, meetings only appended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid5

from sqlalchemy import ColumnElement, Table, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.db import temporal
from kit.period import ONE_DAY, Period
from kit.recording import Recording
from services.agreements.adapters.tables import committee_record_sent, committee_seat, committee_session
from services.agreements.domain.agreement import Side
from services.agreements.domain.committee import Level

_SEATS = UUID("6f0f2f0a-5f3b-4f0e-9d5e-3b1c7a1d2e40")


@dataclass(frozen=True, slots=True)
class Committee:
    """Whose committee: an accord's or a scheme's, by id."""

    level: Level
    subject: str


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who sits for an employer (or a centre de gestion) or for a signing union."""

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


async def seat(tx: AsyncConnection, committee: Committee, one: Member, recording: Recording) -> None:
    """Let somebody sit in a period; whoever held a union's seat leaves it to him. The same again changes nothing.

    The caller holds the committee's lock.
    """
    if await _holds(tx, committee, one):
        return
    values = {
        "level": committee.level.value,
        "subject": committee.subject,
        "side": one.side.value,
        "party": one.party,
        "name": one.name,
        "recorded_by": recording.by,
    }
    await temporal.record(tx, committee_seat, _seat_of(committee, one), one.period, values=values, at=recording.at)


async def vacate(tx: AsyncConnection, committee: Committee, one: Member, recording: Recording) -> None:
    """Nobody sits there after the member's last day. The caller holds the committee's lock."""
    assert one.period.end is not None, "a seat is left on a day"
    after = Period(one.period.end + ONE_DAY)
    await temporal.retract(tx, committee_seat, _seat_of(committee, one), after, at=recording.at)


async def members(tx: AsyncConnection, committee: Committee, day: date) -> list[Member]:
    """Who sits on a day."""
    table = committee_seat.c
    query = select(committee_seat).where(_of(committee_seat, committee), temporal.holding(committee_seat, day))
    rows = await tx.execute(query.order_by(table.side, table.party, table.name))
    return [Member(Side(row.side), row.party, row.name, row.valid) for row in rows]


async def add_meeting(tx: AsyncConnection, committee: Committee, one: Meeting, recording: Recording) -> bool:
    """Whether the meeting is new; one of that day is kept as it was recorded."""
    values = {
        **_key(committee, one.held_on),
        "attendees": list(one.attendees),
        "decisions": list(one.decisions),
        "recorded_at": recording.at,
        "recorded_by": recording.by,
    }
    done = await tx.execute(insert(committee_session).values(values).on_conflict_do_nothing())
    if done.rowcount == 1 and one.sent_on is not None:
        await send(tx, committee, one.held_on, one.sent_on, recording)
    return done.rowcount == 1


async def send(tx: AsyncConnection, committee: Committee, held_on: date, sent_on: date, recording: Recording) -> bool:
    """Record when the record of a meeting went to the signatories; False when that was recorded before."""
    values = {
        **_key(committee, held_on),
        "sent_on": sent_on,
        "recorded_at": recording.at,
        "recorded_by": recording.by,
    }
    return (await tx.execute(insert(committee_record_sent).values(values).on_conflict_do_nothing())).rowcount == 1


async def meetings(tx: AsyncConnection, committee: Committee) -> list[Meeting]:
    """Every meeting, the latest first."""
    one, sent = committee_session.c, committee_record_sent.c
    same = (sent.level == one.level) & (sent.subject == one.subject) & (sent.held_on == one.held_on)
    query = (
        select(one.held_on, one.attendees, one.decisions, sent.sent_on)
        .outerjoin(committee_record_sent, same)
        .where(_of(committee_session, committee))
        .order_by(one.held_on.desc())
    )
    return [
        Meeting(row.held_on, tuple(row.attendees), tuple(row.decisions), row.sent_on) for row in await tx.execute(query)
    ]


async def meeting_days(tx: AsyncConnection, agreements: Sequence[str]) -> dict[str, list[date]]:
    """The days each of these accords' committees met."""
    table = committee_session.c
    query = select(table.subject, func.array_agg(table.held_on)).where(
        table.level == Level.AGREEMENT.value, table.subject.in_(agreements)
    )
    return {key: list(days) for key, days in (await tx.execute(query.group_by(table.subject))).all()}


async def _holds(tx: AsyncConnection, committee: Committee, one: Member) -> bool:
    """Whether the member is known to sit in that very period."""
    table = committee_seat.c
    query = select(table.row).where(
        table.id == _seat_of(committee, one),
        table.name == one.name,
        table.valid == one.period,
        temporal.believed(committee_seat),
    )
    return (await tx.execute(query)).scalar_one_or_none() is not None


def _seat_of(committee: Committee, one: Member) -> UUID:
    """A union has one seat; on the employers' side everybody has one of his own (art. 7)."""
    holder = "" if one.side is Side.UNION else one.name
    return uuid5(_SEATS, f"{committee.level}\n{committee.subject}\n{one.side}\n{one.party}\n{holder}")


def _of(table: Table, committee: Committee) -> ColumnElement[bool]:
    return (table.c.level == committee.level.value) & (table.c.subject == committee.subject)


def _key(committee: Committee, held_on: date) -> dict[str, object]:
    return {"level": committee.level.value, "subject": committee.subject, "held_on": held_on}
