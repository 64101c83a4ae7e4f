"""An agent leaves an employer: every contract ends that day. Withdrawn, contracts run as they did before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.events.outbox import publish
from kit.recording import Recording
from services.eligibility.adapters import departures, employments
from services.eligibility.application.change_employment import check_free
from services.eligibility.application.open_file import OpenFile, changed
from services.eligibility.application.status_payloads import AgentLeft, DepartureWithdrawn, Left
from services.eligibility.domain.amendment import ended
from services.eligibility.domain.departure import Departure
from services.eligibility.domain.errors import (
    ContractChangedSince,
    DepartureKnownOtherwise,
    FactNotFound,
    NotEmployed,
)
from services.eligibility.domain.facts import Spell


@dataclass(frozen=True, slots=True)
class RecordedDeparture:
    """The departure, the version of the file, and whether this call entered it."""

    departure: Departure
    version: int
    new: bool


async def record_departure(
    tx: AsyncConnection, file: OpenFile, one: Departure, recording: Recording
) -> RecordedDeparture:
    """Enter a departure and end the contracts that run beyond it. The same again changes nothing.

    Raises NotEmployed when no contract runs that day, DepartureKnownOtherwise.
    """
    for known in await departures.of_agent(tx, file.agent):
        if (known.employer, known.on) == (one.employer, one.on):
            if known.reason is not one.reason:
                raise DepartureKnownOtherwise(pointer="/reason")
            return RecordedDeparture(known, file.version, new=False)
    contracts = _contracts(file.spells_with(one.employer))
    if not any(one.on in spell.period for spells in contracts for spell in spells):
        raise NotEmployed(pointer="/date")
    cut = [spells for spells in contracts if spells[0].period.start <= one.on < spells[-1].period.last]
    replaced = await employments.facts_of(tx, [spells[0].employment for spells in cut])
    for spells in cut:
        await employments.replace(tx, file.agent, spells[0].employment, ended(spells, one.on), recording)
    left = replace(one, replaced=tuple(replaced))
    await departures.add(tx, file.agent, left, recording)
    await _tell(tx, file, AgentLeft.of(file.agent, left))
    return RecordedDeparture(left, await changed(tx, file, one.employer), new=True)


async def withdraw_departure(tx: AsyncConnection, file: OpenFile, key: UUID, recording: Recording) -> int:
    """The agent did not leave. The new version of the file.

    Raises FactNotFound, ContractChangedSince when a contract is no longer as the departure left it, and ContractOverlap
    when the agent has come back under the same one.
    """
    left = next((one for one in await departures.of_agent(tx, file.agent) if one.id == key), None)
    if left is None:
        raise FactNotFound
    before = _contracts(await employments.of_facts(tx, left.replaced))
    now = {spells[0].employment: tuple(spells) for spells in _contracts(file.spells_with(left.employer))}
    if any(now.get(spells[0].employment) != ended(spells, left.on) for spells in before):
        raise ContractChangedSince
    for spells in before:
        await check_free(tx, spells)
        await employments.replace(tx, file.agent, spells[0].employment, spells, recording)
    await departures.remove(tx, key, recording)
    await _tell(tx, file, DepartureWithdrawn.of(file.agent, left))
    return await changed(tx, file, left.employer)


def _contracts(spells: Iterable[Spell]) -> list[tuple[Spell, ...]]:
    """The stretches of each contract, in date order."""
    ordered = sorted(spells, key=lambda spell: (str(spell.employment), spell.period.start))
    return [tuple(own) for _, own in groupby(ordered, key=lambda spell: spell.employment)]


async def _tell(tx: AsyncConnection, file: OpenFile, data: Left) -> None:
    await publish(tx, data, key=str(file.agent), employer=data.employer, subject=f"/v1/agents/{file.agent}")
