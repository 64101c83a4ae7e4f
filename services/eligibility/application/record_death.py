"""A death or an IAD is announced, or turns out to be none."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.events.outbox import Outgoing, publish_many
from kit.recording import Recording
from services.eligibility.adapters import deaths, identities
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

    What another employer announced becomes the caller's own word as well. Raises DeathKnownOtherwise and what `check`
    raises.
    """
    known = await deaths.of_agents(tx, [file.agent])
    held = [stored for stored in known if not stored.denied]
    same_kind = {stored.employer: stored for stored in known if stored.death.kind is one.kind}
    if any(stored.death != one for stored in held if stored.death.kind is one.kind):
        raise DeathKnownOtherwise(pointer="/date")
    hired = min(spell.period.start for spell in file.spells)
    born = await identities.born(tx, file.agent)
    check(one, (stored.death for stored in held), born=born, hired=hired, today=today)
    employers = {link.employer for link in file.links}
    missing = sorted(e for e in employers if e not in same_kind or not same_kind[e].announced)
    if not missing:
        return RecordedDeath(one, file.version, new=False)
    for employer in missing:
        if employer in same_kind:
            await deaths.remove(tx, same_kind[employer], recording)
        await deaths.add(tx, StoredDeath(file.agent, employer, employer, one), recording)
    unheard = [employer for employer in missing if employer not in same_kind or same_kind[employer].denied]
    told = [AgentDeceased.of(StoredDeath(file.agent, employer, employer, one)) for employer in unheard]
    await publish_many(tx, [outgoing(data) for data in told])
    return RecordedDeath(one, await changed(tx, file, *missing), new=bool(unheard))


async def withdraw_death(tx: AsyncConnection, file: OpenFile, kind: DeathKind, recording: Recording) -> int:
    """What the caller's employers announced was none, or they deny what another announced. The new version.

    Raises FactNotFound when they know of none.
    """
    known = [one for one in await deaths.of_agents(tx, [file.agent]) if one.death.kind is kind and not one.denied]
    if not known:
        raise FactNotFound
    withdrawn = {stored.employer for stored in known if stored.announced}
    for stored in known:
        await deaths.remove(tx, stored, recording)
        if stored.said_by not in withdrawn:
            await deaths.add(tx, replace(stored, said_by=stored.employer, denied=True), recording)
    await publish_many(tx, [outgoing(DeathWithdrawn.of(stored)) for stored in known])
    return await changed(tx, file, *(stored.employer for stored in known))


def outgoing(data: DeathData) -> Outgoing:
    """The event, in the order of the agent."""
    return Outgoing(data, str(data.agent), data.employer, subject=f"/v1/agents/{data.agent}")
