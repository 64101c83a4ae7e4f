"""A statutory position that is no leave on health grounds: it starts, changes, or turns out never to have been."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.events.outbox import publish
from kit.ids import new_id
from kit.period import Period
from kit.recording import Recording
from rules.book import Rules
from services.eligibility.adapters import leaves
from services.eligibility.application.open_file import OpenFile, changed
from services.eligibility.application.record_leave import Recorded
from services.eligibility.application.status_payloads import PositionChanged
from services.eligibility.domain.amendment import Alteration, altered, shortened
from services.eligibility.domain.errors import FactNotFound, NotEmployed, PositionOverlap
from services.eligibility.domain.facts import LeaveEntry
from services.eligibility.domain.plausibility import check_day, check_position


async def start_position(
    tx: AsyncConnection, file: OpenFile, entry: LeaveEntry, recording: Recording, rules: Rules
) -> Recorded:
    """Enter a position. The same again changes nothing.

    Raises NotEmployed, PositionOverlap, NotOfThisKind, TooFarAhead.
    """
    check_day(entry.period.start, recording.at.date(), rules, "/start")
    if not any(entry.period.start in spell.period for spell in file.spells_with(entry.employer)):
        raise NotEmployed(pointer="/start")
    check_position(entry.kind, entry.period.start, file.spells_with(entry.employer), "/kind")
    for known in await _others(tx, file, entry):
        if replace(known, id=entry.id, leave=entry.leave) == entry:
            return Recorded(tuple(await leaves.of_leave(tx, file.agent, known.leave)), file.version, new=False)
        if known.period.meets(entry.period):
            raise PositionOverlap.with_known(known.period, "/start")
    await leaves.add(tx, file.agent, [entry], recording)
    return await _told(tx, file, [replace(entry, recorded_at=recording.at)])


async def end_position(
    tx: AsyncConnection, file: OpenFile, position: UUID, end: date, recording: Recording
) -> Recorded:
    """Set the last day of a position, sooner or later.

    Raises FactNotFound, ReversedInterval, PositionOverlap.
    """
    entries = await _position(tx, file, position)
    last = entries[-1].period
    if end <= last.last:
        now = shortened(entries, end)
    else:
        now = (*entries[:-1], replace(entries[-1], period=Period(last.start, end)))
        others = (known.period for known in await _others(tx, file, entries[0]))
        if met := next((period for period in others if period.meets(now[-1].period)), None):
            raise PositionOverlap.with_known(met, "/end")
    await leaves.replace(tx, file.agent, position, now, recording)
    return await _told(tx, file, now)


async def alter_position(
    tx: AsyncConnection, file: OpenFile, position: UUID, what: Alteration, recording: Recording
) -> Recorded:
    """From a day on a position is paid, or no longer. Raises FactNotFound, OutsideLeave."""
    entries = await _position(tx, file, position)
    now = altered(entries, what, new_id())
    if now == tuple(entries):
        return Recorded(now, file.version, new=False)
    await leaves.replace(tx, file.agent, position, now, recording)
    return await _told(tx, file, now)


async def cancel_position(tx: AsyncConnection, file: OpenFile, position: UUID, recording: Recording) -> Recorded:
    """A position that never was. Raises FactNotFound."""
    entries = await _position(tx, file, position)
    await leaves.replace(tx, file.agent, position, [], recording)
    return await _told(tx, file, entries, cancelled=True)


async def _position(tx: AsyncConnection, file: OpenFile, position: UUID) -> list[LeaveEntry]:
    entries = await leaves.of_leave(tx, file.agent, position)
    if not entries or entries[0].is_leave:
        raise FactNotFound
    return entries


async def _others(tx: AsyncConnection, file: OpenFile, entry: LeaveEntry) -> list[LeaveEntry]:
    """All that interrupts work with the same employer, but the entry's own position."""
    known = [one for _, one in await leaves.of_agents(tx, [file.agent])]
    return [one for one in known if one.employer == entry.employer and one.leave != entry.leave]


async def _told(
    tx: AsyncConnection, file: OpenFile, entries: Sequence[LeaveEntry], *, cancelled: bool = False
) -> Recorded:
    data = PositionChanged.of(file.agent, entries, cancelled=cancelled)
    subject = f"/v1/agents/{file.agent}/positions/{data.position}"
    await publish(tx, data, key=str(file.agent), employer=data.employer, subject=subject)
    return Recorded(() if cancelled else tuple(entries), await changed(tx, file, entries[0].employer), new=True)
