"""Tell every employer of an agent of a death that one of them announced: a person dies for all.

Called by the worker, who sees all employers. What an employer announced or denied itself is left alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.clock import Clock
from kit.events.outbox import Outgoing
from kit.recording import Recording
from services.eligibility.adapters import deaths, identities
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
            if not known:
                continue
            for employer in sorted(known.keys() | {link.employer for link in own.links}):
                before, after = known.get(employer), own.death_with(employer, kind)
                if before == after or (after is None and before is not None and before.denied):
                    continue
                if before is not None:
                    await deaths.remove(tx, before, recording)
                if after is not None:
                    await deaths.add(tx, after, recording)
                    events.append(outgoing(AgentDeceased.of(after)))
                elif before is not None:
                    events.append(outgoing(DeathWithdrawn.of(before)))
                await identities.count_change(tx, agent, [employer])
    return events
