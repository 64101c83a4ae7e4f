"""One retroactive fact, from its request to the events it sets off in the feed, beside one commit on this disk."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import text

from kit.db.database import Scope
from services.eligibility.main import create_app
from tests.bench.eligibility_world import NOW, World
from tests.services.client import running

# A disponibilité d'office without any pay, in the past: cover is suspended, and resumed since.
FACT: Final = {"kind": "DO", "start": "2026-04-01", "end": "2026-04-30", "paid": False}
TOLD: Final = "fr.psc.eligibility.affiliation.resumed.v1"
# The registry's feed is not there: its accord was told once and for all.
NOBODY: Final = {"agreements": "http://127.0.0.1:9"}
LOOK_SECONDS: Final = 0.001
PATIENCE_SECONDS: Final = 30.0
_COVERED: Final = text("""
    SELECT held.agent FROM affiliation held JOIN employment job USING (agent)
     WHERE job.kind = 'TITULAIRE' AND lower(job.valid) < '2026-01-01' AND jsonb_array_length(held.told) = 1
     LIMIT :number
""")
_OUT: Final = text("SELECT position FROM outbox WHERE topic = :topic AND key = :key AND type = :type")


@dataclass(frozen=True, slots=True)
class Delays:
    """Milliseconds, one a fact or a commit."""

    facts: list[float]
    commits: list[float]


async def delays(world: World, number: int) -> Delays:
    """So many facts, one after the other, each beside a commit; the worker runs in the same process."""
    async with world.database.worker.transaction(Scope.all()) as tx:
        agents: Sequence[UUID] = (await tx.execute(_COVERED, {"number": number})).scalars().all()
    await world.database.admin.execute("CREATE TABLE IF NOT EXISTS bench_commit (n integer)")
    found = Delays([], [])
    ring = world.service.app.state.settings.key_ring
    async with (
        running(create_app, world.database, NOW, key_ring=ring, role="all", producers=NOBODY) as service,
        service.caller("agents:read", "agents:write") as staff,
    ):
        for agent in agents:
            began = time.perf_counter()
            answer = await staff.post(f"/v1/agents/{agent}/leaves", json=FACT)
            assert answer.status_code == 201, answer.text
            await _told(world, agent)
            found.facts.append((time.perf_counter() - began) * 1e3)
            began = time.perf_counter()
            await world.database.admin.execute("INSERT INTO bench_commit VALUES (1)")
            found.commits.append((time.perf_counter() - began) * 1e3)
    return found


async def _told(world: World, agent: UUID) -> None:
    """Until the event has its position in the feed."""
    asked = {"topic": "psc.eligibility.agent.v1", "key": str(agent), "type": TOLD}
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            async with world.database.worker.transaction(Scope.all()) as tx:
                if (await tx.execute(_OUT, asked)).scalar() is not None:
                    return
            await asyncio.sleep(LOOK_SECONDS)
