"""State of a leave what no other service tells: that its claim is taken over, what it is about. Then decide again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.clock import Clock
from kit.crypto import KeyRing
from kit.db import data_subjects
from kit.recording import Recording
from rules.book import RuleBook
from services.claims.adapters import files, handling, progress
from services.claims.adapters.handling import SealedCause, StatedTakeover
from services.claims.application.redecide import redecide
from services.claims.domain.errors import UnknownLeave, UnknownTakeover
from services.claims.domain.takeover import check_takeover


@dataclass(frozen=True, slots=True)
class LeaveRef:
    """A leave of an agent at an employer."""

    employer: str
    agent: UUID
    leave: UUID

    @property
    def place(self) -> str:
        """Where its cause stands: sealed for this place, it opens nowhere else."""
        return f"leave_cause:{self.employer}:{self.agent}:{self.leave}"


async def take_over(tx: AsyncConnection, stated: StatedTakeover, rules: RuleBook, clock: Clock) -> StatedTakeover:
    """Pay for a leave that a former insurer, or nobody, covered before.

    Raises UnknownLeave, LeaveNotTakenOver, DayTooEarly, DayTooLate.
    """
    kept = await keep_takeover(tx, stated, clock.day())
    await redecide(tx, stated.employer, stated.agent, rules, clock)
    return kept


async def keep_takeover(tx: AsyncConnection, stated: StatedTakeover, today: date) -> StatedTakeover:
    """The same, and nothing is decided."""
    await _hold(tx, LeaveRef(stated.employer, stated.agent, stated.leave))
    file = await files.load(tx, stated.employer, stated.agent, today)
    month = stated.reference_month
    check_takeover(file, str(stated.leave), stated.starts, None if month is None else month.first)
    return await handling.take_over(tx, stated)


async def cancel_takeover(
    tx: AsyncConnection, about: LeaveRef, recording: Recording, rules: RuleBook, clock: Clock
) -> StatedTakeover:
    """What was stated counts no more, and what it gave is taken back; cancelled before, nothing changes.

    Raises UnknownTakeover.
    """
    await progress.lock(tx, [str(about.agent)])
    found = await handling.takeover_of(tx, about.employer, about.agent, about.leave)
    if found is None:
        raise UnknownTakeover
    if found.cancelled is not None:
        return found
    said = replace(found, cancelled=recording.reason, recorded_at=recording.at, recorded_by=recording.by)
    kept = await handling.take_over(tx, said)
    await redecide(tx, about.employer, about.agent, rules, clock)
    return kept


async def state_cause(
    tx: AsyncConnection,
    about: LeaveRef,
    cause: str,
    crypto: KeyRing,
    *,
    ald: bool,
    recording: Recording,
    rules: RuleBook,
    clock: Clock,
) -> None:
    """Seal what a leave is about: those of one cause share their rights to CLD and their waiting day.

    Raises UnknownLeave, PersonErased.
    """
    await _hold(tx, about)
    own = await data_subjects.key_to_seal(tx, about.agent, crypto)
    sealed = SealedCause(
        employer=about.employer,
        agent=about.agent,
        leave=about.leave,
        sealed=own.encrypt(cause, about.place),
        mark=crypto.blind_index(f"{about.agent}\x00{cause}", "cause"),
        ald=ald,
        recorded_at=recording.at,
        recorded_by=recording.by,
    )
    await handling.seal(tx, sealed)
    await redecide(tx, about.employer, about.agent, rules, clock)


async def causes(tx: AsyncConnection, employer: str, agent: UUID, crypto: KeyRing) -> dict[UUID, tuple[str, bool]]:
    """What each leave is about, where somebody stated it, and whether it is an ALD."""
    found = await handling.causes(tx, employer, agent)
    own = (await data_subjects.keys(tx, [agent], crypto)).get(agent)
    places = {one.leave: LeaveRef(employer, agent, one.leave).place for one in found}
    return {one.leave: (crypto.decrypt_for(own, one.sealed, places[one.leave]).decode(), one.ald) for one in found}


async def _hold(tx: AsyncConnection, about: LeaveRef) -> None:
    await progress.lock(tx, [str(about.agent)])
    if not await handling.knows_leave(tx, about.employer, about.agent, about.leave):
        raise UnknownLeave(pointer="/leave")
