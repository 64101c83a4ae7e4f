"""An invalidity is recognised."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.events.outbox import publish
from kit.recording import Recording
from services.eligibility.adapters import invalidities
from services.eligibility.application.open_file import OpenFile, changed
from services.eligibility.application.payloads import InvalidityRecognised
from services.eligibility.domain.errors import InvalidityOverlap
from services.eligibility.domain.facts import Invalidity


@dataclass(frozen=True, slots=True)
class Recognised:
    """The recognition, the version of the file, and whether this call entered it."""

    recognition: Invalidity
    version: int
    new: bool


async def recognise_invalidity(
    tx: AsyncConnection, file: OpenFile, one: Invalidity, recording: Recording
) -> Recognised:
    """Enter a recognition. The same again changes nothing; raises InvalidityOverlap when another holds on its days."""
    for known in await invalidities.of_agent(tx, file.agent):
        if replace(known, id=one.id) == one:
            return Recognised(known, file.version, new=False)
        if known.employer == one.employer and known.period.meets(one.period):
            raise InvalidityOverlap(pointer="/from")
    await invalidities.add(tx, file.agent, one, recording)
    data = InvalidityRecognised.of(file.agent, one)
    await publish(tx, data, key=str(file.agent), employer=one.employer, subject=f"/v1/agents/{file.agent}")
    return Recognised(one, await changed(tx, file.agent), new=True)
