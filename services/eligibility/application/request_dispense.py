"""A dispense is asked, proven every year, given up: what comes of it is decided with the cover."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.clock import PARIS
from kit.period import Period
from kit.recording import Recording
from services.eligibility.adapters import dispenses
from services.eligibility.application.open_file import OpenFile, changed
from services.eligibility.domain.errors import BeforeRequest, DispenseKnownOtherwise, FactNotFound, InFuture
from services.eligibility.domain.facts import DispenseRequest


@dataclass(frozen=True, slots=True)
class Asked:
    """The request as it stands, None when it never was; the version of the file, whether this call changed it."""

    request: DispenseRequest | None
    version: int
    new: bool


async def request_dispense(tx: AsyncConnection, file: OpenFile, one: DispenseRequest, recording: Recording) -> Asked:
    """Enter a request, whether it comes in time or not. The same again changes nothing.

    Raises InFuture, and DispenseKnownOtherwise when that day's request is known with other content.
    """
    _past("/requested_on", one.period.start, recording)
    _past("/proofs", max(one.proofs, default=one.period.start), recording)
    for known in await _known(tx, file):
        if (known.employer, known.period.start) == (one.employer, one.period.start):
            if known.individual_cover is not one.individual_cover or not set(one.proofs) <= set(known.proofs):
                raise DispenseKnownOtherwise(pointer="/requested_on")
            return Asked(known, file.version, new=False)
    await dispenses.add(tx, file.agent, one, recording)
    return Asked(one, await changed(tx, file, one.employer), new=True)


async def prove_dispense(tx: AsyncConnection, file: OpenFile, key: UUID, proof: date, recording: Recording) -> Asked:
    """Record a proof of individual cover. The same again changes nothing. Raises FactNotFound, InFuture."""
    known = await _one(tx, file, key)
    _past("/date", proof, recording)
    if proof in known.proofs:
        return Asked(known, file.version, new=False)
    return await _becomes(tx, file, replace(known, proofs=tuple(sorted((*known.proofs, proof)))), recording)


async def drop_proof(tx: AsyncConnection, file: OpenFile, key: UUID, proof: date, recording: Recording) -> Asked:
    """A proof that was none. Raises FactNotFound."""
    known = await _one(tx, file, key)
    if proof not in known.proofs:
        raise FactNotFound
    return await _becomes(tx, file, replace(known, proofs=tuple(p for p in known.proofs if p != proof)), recording)


async def give_up_dispense(tx: AsyncConnection, file: OpenFile, key: UUID, last: date, recording: Recording) -> Asked:
    """The last day of a dispense that the agent no longer wants. Raises FactNotFound, BeforeRequest."""
    known = await _one(tx, file, key)
    if last < known.period.start:
        raise BeforeRequest(pointer="/to")
    return await _becomes(tx, file, replace(known, period=Period(known.period.start, last)), recording)


async def cancel_dispense(tx: AsyncConnection, file: OpenFile, key: UUID, recording: Recording) -> Asked:
    """A request that was never made. Raises FactNotFound."""
    known = await _one(tx, file, key)
    await dispenses.remove(tx, key, recording)
    return Asked(None, await changed(tx, file, known.employer), new=True)


async def _becomes(tx: AsyncConnection, file: OpenFile, now: DispenseRequest, recording: Recording) -> Asked:
    await dispenses.remove(tx, now.id, recording)
    await dispenses.add(tx, file.agent, now, recording)
    return Asked(now, await changed(tx, file, now.employer), new=True)


async def _known(tx: AsyncConnection, file: OpenFile) -> list[DispenseRequest]:
    return [one for _, one in await dispenses.of_agents(tx, [file.agent])]


async def _one(tx: AsyncConnection, file: OpenFile, key: UUID) -> DispenseRequest:
    found = next((one for one in await _known(tx, file) if one.id == key), None)
    if found is None:
        raise FactNotFound
    return found


def _past(pointer: str, day: date, recording: Recording) -> None:
    """Raises InFuture when the day, in Paris, is still to come."""
    if day > recording.at.astimezone(PARIS).date():
        raise InFuture(pointer=pointer)
