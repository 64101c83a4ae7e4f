"""Tell every employer of an agent of a death that one of them announced: a person dies for all.

Called by the worker, who sees all employers. What an employer announced itself is left alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.clock import Clock
from kit.events.outbox import Outgoing
from kit.recording import Recording
from services.eligibility.adapters import deaths
from services.eligibility.adapters.deaths import StoredDeath
from services.eligibility.application.death_payloads import AgentDeceased, DeathWithdrawn
from services.eligibility.application.read_facts import Facts
from services.eligibility.application.record_death import outgoing
from services.eligibility.domain.death import DeathKind

WORKER = "eligibility"


async def tell_deaths(tx: AsyncConnection, facts: Mapping[UUID, Facts], clock: Clock) -> list[Outgoing]:
    """Bring what the other employers know in line with what was announced; the events that say so."""
    recording, events = Recording(clock.instant(), WORKER), []
    for agent, own in facts.items():
        for kind in DeathKind:
            known = {stored.employer: stored for stored in own.deaths if stored.death.kind is kind}
            wanted = _wanted(agent, own, known)
            for employer in sorted(known.keys() | wanted.keys()):
                before, after = known.get(employer), wanted.get(employer)
                if before is not None and before != after:
                    await deaths.remove(tx, before, recording)
                if after is not None and before != after:
                    await deaths.add(tx, after, recording)
                    events.append(outgoing(AgentDeceased.of(after)))
                elif before is not None and after is None:
                    events.append(outgoing(DeathWithdrawn.of(before)))
    return events


def _wanted(agent: UUID, own: Facts, known: Mapping[str, StoredDeath]) -> dict[str, StoredDeath]:
    """What each employer should know: what it announced itself, else the earliest day that another announced."""
    said = {employer: stored for employer, stored in known.items() if stored.said_by == employer}
    if not said:
        return {}
    first = min(said.values(), key=lambda stored: (stored.death.on, stored.employer))
    return {
        link.employer: said.get(link.employer) or StoredDeath(agent, link.employer, first.said_by, first.death)
        for link in own.links
    }
