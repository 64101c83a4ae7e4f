"""Invalidities are recognised, worsen from a day on, turn out to be others, or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.events.outbox import publish
from kit.period import Period
from kit.recording import Recording
from rules.book import Rules
from services.eligibility.adapters import identities, invalidities
from services.eligibility.application.open_file import OpenFile, changed
from services.eligibility.application.payloads import InvalidityRecognised, InvalidityRevised, InvalidityWithdrawn
from services.eligibility.domain.errors import BeforeBirth, FactNotFound
from services.eligibility.domain.facts import Invalidity
from services.eligibility.domain.plausibility import check_day
from services.eligibility.domain.recognitions import chained


@dataclass(frozen=True, slots=True)
class Recognised:
    """The recognition, the version of the file, and whether this call entered it."""

    recognition: Invalidity
    version: int
    new: bool


async def recognise_invalidity(
    tx: AsyncConnection, file: OpenFile, one: Invalidity, recording: Recording, rules: Rules
) -> Recognised:
    """Enter a recognition: one from an earlier day ends the day before. The same again changes nothing.

    Raises InvalidityOverlap when another begins on the same day, BeforeBirth, TooFarAhead.
    """
    check_day(one.period.start, recording.at.date(), rules, "/from")
    await _check_born(tx, file, one)
    before = await _known(tx, file, one.employer)
    for known in before:
        if replace(known, id=one.id, period=Period(known.period.start)) == one:
            return Recognised(known, file.version, new=False)
    kept = await _becomes(tx, file, before, [*before, one], recording)
    return Recognised(_named(one.id, kept), await changed(tx, file, one.employer), new=True)


async def known_recognition(tx: AsyncConnection, file: OpenFile, key: UUID) -> Invalidity:
    """What is known of a recognition. Raises FactNotFound."""
    found = next((one for one in await invalidities.of_agent(tx, file.agent) if one.id == key), None)
    if found is None:
        raise FactNotFound
    return found


async def revise_invalidity(
    tx: AsyncConnection, file: OpenFile, one: Invalidity, recording: Recording, rules: Rules
) -> Recognised:
    """A known recognition as it truly was, under its own id. The same again changes nothing.

    Raises InvalidityOverlap, BeforeBirth, TooFarAhead.
    """
    check_day(one.period.start, recording.at.date(), rules, "/from")
    await _check_born(tx, file, one)
    before = await _known(tx, file, one.employer)
    kept = await _becomes(tx, file, before, [*(other for other in before if other.id != one.id), one], recording)
    if kept == tuple(before):
        return Recognised(_named(one.id, kept), file.version, new=False)
    return Recognised(_named(one.id, kept), await changed(tx, file, one.employer), new=True)


async def withdraw_invalidity(tx: AsyncConnection, file: OpenFile, key: UUID, recording: Recording) -> int:
    """It was none; the one it followed goes on. The new version of the file. Raises FactNotFound."""
    gone = await known_recognition(tx, file, key)
    before = await _known(tx, file, gone.employer)
    await _tell(tx, file, InvalidityWithdrawn.of(file.agent, gone))
    await _becomes(tx, file, before, [one for one in before if one.id != key], recording)
    return await changed(tx, file, gone.employer)


async def _check_born(tx: AsyncConnection, file: OpenFile, one: Invalidity) -> None:
    """It may be older than any job known here, and no older than the agent."""
    if one.period.start < await identities.born(tx, file.agent):
        raise BeforeBirth(pointer="/from")


async def _known(tx: AsyncConnection, file: OpenFile, employer: str) -> list[Invalidity]:
    return [one for one in await invalidities.of_agent(tx, file.agent) if one.employer == employer]


async def _becomes(
    tx: AsyncConnection,
    file: OpenFile,
    before: Sequence[Invalidity],
    now: Sequence[Invalidity],
    recording: Recording,
) -> tuple[Invalidity, ...]:
    """Keep recognitions with the days they have beside one another; what reads otherwise than before is told."""
    told = {one: one for one in before}
    kept = tuple(told.get(one) or replace(one, recorded_at=recording.at) for one in chained(now))
    for one in before:
        if one not in kept:
            await invalidities.remove(tx, one.id, recording)
    ids = {one.id for one in before}
    for former, one in zip([None, *kept], kept, strict=False):
        if one not in before:
            await invalidities.add(tx, file.agent, one, recording)
            kind = InvalidityRevised if one.id in ids else InvalidityRecognised
            await _tell(tx, file, kind.of(file.agent, one, former.id if former else None))
    return kept


def _named(key: UUID, known: Sequence[Invalidity]) -> Invalidity:
    return next(one for one in known if one.id == key)


async def _tell(tx: AsyncConnection, file: OpenFile, data: InvalidityRecognised) -> None:
    await publish(tx, data, key=str(file.agent), employer=data.employer, subject=f"/v1/agents/{file.agent}")
