"""A leave starts, is renewed, ends earlier than said, turns out to be of another kind or never to have been."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.events.outbox import publish
from kit.ids import new_id
from kit.recording import Recording
from rules.book import Rules
from services.eligibility.adapters import leaves
from services.eligibility.application.leave_payloads import (
    RenewalPart,
    SickLeave,
    SickLeaveCancelled,
    SickLeaveEnded,
    SickLeaveExtended,
    SickLeaveRequalified,
    SickLeaveStarted,
)
from services.eligibility.application.open_file import OpenFile, changed
from services.eligibility.domain.amendment import Alteration, altered, shortened
from services.eligibility.domain.errors import (
    FactNotFound,
    LeaveCancelled,
    NotEmployed,
    PositionOverlap,
    RenewalGap,
)
from services.eligibility.domain.facts import LeaveEntry, Renewal
from services.eligibility.domain.plausibility import check_entry, check_position


@dataclass(frozen=True, slots=True)
class Recorded:
    """The leave's entries, the version of the file, and whether this call changed something."""

    entries: tuple[LeaveEntry, ...]
    version: int
    new: bool


async def start_leave(
    tx: AsyncConnection, file: OpenFile, entry: LeaveEntry, recording: Recording, rules: Rules
) -> Recorded:
    """Enter an initial stop. The same again changes nothing.

    Raises NotEmployed, PositionOverlap, NotOfThisKind, TooFarAhead and what LeaveEntry.check raises.
    """
    entry.check("")
    check_entry(entry.period, recording.at.date(), rules)
    if not any(entry.period.start in spell.period for spell in file.spells_with(entry.employer)):
        raise NotEmployed(pointer="/start")
    check_position(entry.kind, entry.period.start, file.spells_with(entry.employer), "/kind")
    for known in await _entries(tx, file, entry.employer):
        if _same(known, entry):
            return Recorded(tuple(await leaves.of_leave(tx, file.agent, known.leave)), file.version, new=False)
        if known.period.meets(entry.period):
            raise PositionOverlap.with_known(known.period, "/start")
    await leaves.add(tx, file.agent, [entry], recording)
    await _tell(tx, file, SickLeaveStarted.of(file.agent, [entry]))
    return Recorded((replace(entry, recorded_at=recording.at),), await changed(tx, file, entry.employer), new=True)


async def extend_leave(
    tx: AsyncConnection, file: OpenFile, leave: UUID, renewal: Renewal, recording: Recording, *, rules: Rules
) -> Recorded:
    """Enter a renewal. The same again changes nothing.

    Raises FactNotFound, LeaveCancelled, RenewalGap, PositionOverlap, TooFarAhead, QuotityNotApplicable,
    SentOnNotApplicable.
    """
    entries = await leave_of(tx, file, leave)
    entry = replace(renewal.entry_of(entries, new_id()), recorded_at=recording.at)
    entry.check("")
    check_entry(entry.period, recording.at.date(), rules)
    if any(_same(known, entry) for known in entries):
        return Recorded(tuple(entries), file.version, new=False)
    if not entry.period.follows(entries[-1].period):
        raise RenewalGap.after(entries[-1].period)
    others = [e for e in await _entries(tx, file, entry.employer) if e.leave != entry.leave]
    if met := next((known.period for known in others if known.period.meets(entry.period)), None):
        raise PositionOverlap.with_known(met, "/end")
    await leaves.add(tx, file.agent, [entry], recording)
    now = (*entries, entry)
    added = RenewalPart(start=entry.period.start, end=entry.period.end)
    await _tell(tx, file, SickLeaveExtended.of(file.agent, now, renewal=added))
    return Recorded(now, await changed(tx, file, entry.employer), new=True)


async def end_leave(tx: AsyncConnection, file: OpenFile, leave: UUID, end: date, recording: Recording) -> Recorded:
    """End a leave earlier. Raises FactNotFound, LeaveCancelled, ReversedInterval, LeaveNotLonger."""
    entries = await leave_of(tx, file, leave)
    now = shortened(entries, end)
    await leaves.replace(tx, file.agent, leave, now, recording)
    await _tell(tx, file, SickLeaveEnded.of(file.agent, now))
    return Recorded(now, await changed(tx, file, entries[0].employer), new=True)


async def cancel_leave(tx: AsyncConnection, file: OpenFile, leave: UUID, recording: Recording) -> Recorded:
    """A leave that never was. Raises FactNotFound, LeaveCancelled."""
    entries = await leave_of(tx, file, leave)
    await leaves.replace(tx, file.agent, leave, [], recording)
    await _tell(tx, file, SickLeaveCancelled.of(file.agent, entries, entries=[]))
    return Recorded((), await changed(tx, file, entries[0].employer), new=True)


async def requalify_leave(
    tx: AsyncConnection, file: OpenFile, leave: UUID, what: Alteration, recording: Recording
) -> Recorded:
    """From a day on a leave was of another kind. The same again changes nothing.

    Raises FactNotFound, LeaveCancelled, OutsideLeave, NotOfThisKind.
    """
    entries = await leave_of(tx, file, leave)
    now = altered(entries, what, new_id())
    if what.kind is not None:
        check_position(what.kind, what.since, file.spells_with(entries[0].employer), "/kind")
    if now == tuple(entries):
        return Recorded(now, file.version, new=False)
    await leaves.replace(tx, file.agent, leave, now, recording)
    await _tell(tx, file, SickLeaveRequalified.of(file.agent, now, **{"from": what.since}))
    return Recorded(now, await changed(tx, file, entries[0].employer), new=True)


async def leave_of(tx: AsyncConnection, file: OpenFile, leave: UUID) -> list[LeaveEntry]:
    """The entries of a leave. Raises FactNotFound, LeaveCancelled."""
    entries = await leaves.of_leave(tx, file.agent, leave)
    if entries and entries[0].is_leave:
        return entries
    if not entries and await leaves.was_known(tx, file.agent, leave):
        raise LeaveCancelled
    raise FactNotFound


async def _entries(tx: AsyncConnection, file: OpenFile, employer: str) -> list[LeaveEntry]:
    return [entry for _, entry in await leaves.of_agents(tx, [file.agent]) if entry.employer == employer]


def _same(known: LeaveEntry, entry: LeaveEntry) -> bool:
    """Whether they say the same, whatever their ids."""
    return replace(known, id=entry.id, leave=entry.leave) == entry


async def _tell(tx: AsyncConnection, file: OpenFile, data: SickLeave) -> None:
    subject = f"/v1/agents/{file.agent}/leaves/{data.leave}"
    await publish(tx, data, key=str(file.agent), employer=data.employer, subject=subject)
