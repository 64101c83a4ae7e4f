"""A recognition of invalidity turns out to be another, or none."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.events.outbox import publish
from kit.recording import Recording
from services.eligibility.adapters import invalidities
from services.eligibility.application.open_file import OpenFile, changed
from services.eligibility.application.payloads import InvalidityRevised, InvalidityWithdrawn
from services.eligibility.application.recognise_invalidity import Recognised
from services.eligibility.domain.errors import FactNotFound, InvalidityOverlap
from services.eligibility.domain.facts import Invalidity


async def known_recognition(tx: AsyncConnection, file: OpenFile, key: UUID) -> Invalidity:
    """What is known of a recognition. Raises FactNotFound."""
    found = next((one for one in await invalidities.of_agent(tx, file.agent) if one.id == key), None)
    if found is None:
        raise FactNotFound
    return found


async def revise_invalidity(tx: AsyncConnection, file: OpenFile, one: Invalidity, recording: Recording) -> Recognised:
    """A recognition as it truly was, under its own id. The same again changes nothing.

    Raises FactNotFound, InvalidityOverlap.
    """
    if await known_recognition(tx, file, one.id) == one:
        return Recognised(one, file.version, new=False)
    for other in await invalidities.of_agent(tx, file.agent):
        if other.id != one.id and other.employer == one.employer and other.period.meets(one.period):
            raise InvalidityOverlap(pointer="/from")
    await invalidities.remove(tx, one.id, recording)
    await invalidities.add(tx, file.agent, one, recording)
    await _tell(tx, file, InvalidityRevised.of(file.agent, one))
    return Recognised(one, await changed(tx, file.agent), new=True)


async def withdraw_invalidity(tx: AsyncConnection, file: OpenFile, key: UUID, recording: Recording) -> int:
    """It was none. The new version of the file. Raises FactNotFound."""
    known = await known_recognition(tx, file, key)
    await invalidities.remove(tx, key, recording)
    await _tell(tx, file, InvalidityWithdrawn.of(file.agent, known))
    return await changed(tx, file.agent)


async def _tell(tx: AsyncConnection, file: OpenFile, data: InvalidityRevised | InvalidityWithdrawn) -> None:
    await publish(tx, data, key=str(file.agent), employer=data.employer, subject=f"/v1/agents/{file.agent}")
