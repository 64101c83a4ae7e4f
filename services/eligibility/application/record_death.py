"""A death or an IAD is announced, or turns out to be none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.events.outbox import Outgoing, publish_many
from kit.recording import Recording
from services.eligibility.adapters import deaths
from services.eligibility.adapters.deaths import StoredDeath
from services.eligibility.application.death_payloads import AgentDeceased, DeathData, DeathWithdrawn
from services.eligibility.application.open_file import OpenFile, changed
from services.eligibility.domain.death import Death, DeathKind, DeathKnownOtherwise, check
from services.eligibility.domain.errors import FactNotFound


@dataclass(frozen=True, slots=True)
class RecordedDeath:
    """The death, the version of the file, and whether this call entered it."""

    death: Death
    version: int
    new: bool


async def record_death(
    tx: AsyncConnection, file: OpenFile, one: Death, today: date, recording: Recording
) -> RecordedDeath:
    """Enter a death with the caller's employers; the worker tells the agent's others. The same again changes nothing.

    Raises DeathKnownOtherwise and what `check` raises.
    """
    known = await deaths.of_agents(tx, [file.agent])
    same_kind = {stored.employer: stored.death for stored in known if stored.death.kind is one.kind}
    if any(death != one for death in same_kind.values()):
        raise DeathKnownOtherwise(pointer="/date")
    hired = min(spell.period.start for spell in file.spells)
    born = await deaths.birth_date(tx, file.agent)
    check(one, (stored.death for stored in known), born=born, hired=hired, today=today)
    missing = sorted({link.employer for link in file.links} - same_kind.keys())
    for employer in missing:
        await deaths.add(tx, StoredDeath(file.agent, employer, employer, one), recording)
    if not missing:
        return RecordedDeath(one, file.version, new=False)
    told = [AgentDeceased.of(StoredDeath(file.agent, employer, employer, one)) for employer in missing]
    await publish_many(tx, [outgoing(data) for data in told])
    return RecordedDeath(one, await changed(tx, file.agent), new=True)


async def withdraw_death(tx: AsyncConnection, file: OpenFile, kind: DeathKind, recording: Recording) -> int:
    """What the caller's employers announced was none. The new version. Raises FactNotFound when they announced none."""
    known = await deaths.of_agents(tx, [file.agent])
    own = [stored for stored in known if stored.death.kind is kind and stored.said_by == stored.employer]
    if not own:
        raise FactNotFound
    for stored in own:
        await deaths.remove(tx, stored, recording)
    await publish_many(tx, [outgoing(DeathWithdrawn.of(stored)) for stored in own])
    return await changed(tx, file.agent)


def outgoing(data: DeathData) -> Outgoing:
    """The event, in the order of the agent."""
    return Outgoing(data, str(data.agent), data.employer, subject=f"/v1/agents/{data.agent}")
