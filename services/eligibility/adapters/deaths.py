"""Deaths and IAD in the database: one row with each employer of the agent, as that employer may know it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.recording import Recording
from services.eligibility.adapters.tables import death
from services.eligibility.adapters.temporal import known, record, retract
from services.eligibility.domain.death import Death, DeathKind


@dataclass(frozen=True, slots=True)
class StoredDeath:
    """What an employer knows; `said_by` announced it, itself or another employer of the same person.

    `denied`: the employer itself says that there was none on that day. `recorded`: when it was entered, and by whom.
    """

    agent: UUID
    employer: str
    said_by: str
    death: Death
    denied: bool = False
    recorded: Recording | None = field(default=None, compare=False)

    @property
    def announced(self) -> bool:
        """The employer announces it itself."""
        return self.said_by == self.employer and not self.denied


async def of_agents(tx: AsyncConnection, agents: Sequence[UUID], at: datetime | None = None) -> list[StoredDeath]:
    """What is known of these agents, now or at an instant, as far as the caller sees, in an order of their own."""
    query = select(death).where(known(death, at), death.c.agent.in_(agents))
    rows = await tx.execute(query.order_by(death.c.agent, death.c.kind, death.c.employer))
    return [_stored(row) for row in rows]


def _stored(row: Row[Any]) -> StoredDeath:
    what, recorded = Death(DeathKind(row.kind), row.occurred_on), Recording(row.recorded.lower, row.recorded_by)
    return StoredDeath(row.agent, row.employer, row.said_by, what, row.denied, recorded)


async def add(tx: AsyncConnection, one: StoredDeath, recording: Recording) -> None:
    row = {
        "agent": one.agent,
        "employer": one.employer,
        "said_by": one.said_by,
        "kind": one.death.kind.value,
        "occurred_on": one.death.on,
        "denied": one.denied,
    }
    await record(tx, death, [row], recording)


async def remove(tx: AsyncConnection, one: StoredDeath, recording: Recording) -> None:
    """From now on it is no longer known with this employer; it stays readable as known before."""
    same = (death.c.agent == one.agent) & (death.c.employer == one.employer) & (death.c.kind == one.death.kind.value)
    await retract(tx, death, same, recording)
