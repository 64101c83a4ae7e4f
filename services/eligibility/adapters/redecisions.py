"""The queue of agents to decide again: written with the fact, taken by the worker that sees all employers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import ARRAY, delete, func, insert, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.db.database import wake_after
from kit.db.types import Id
from kit.events.context import Chain, current
from services.eligibility.adapters.decision_tables import affiliation, redecision
from services.eligibility.adapters.tables import agent_employer

CHANNEL: Final = "relais_redecision"


async def ask(tx: AsyncConnection, *agents: UUID) -> None:
    """Let these agents be decided again once this transaction has committed: two statements whatever their number."""
    await _ask_all(tx, func.unnest(literal(list(agents), ARRAY(Id))))


async def ask_employers(tx: AsyncConnection, employers: Sequence[str]) -> None:
    """Let every agent of these employers be decided again: one statement whatever their number."""
    agents = select(agent_employer.c.agent).distinct()
    await _ask_all(tx, agents.where(agent_employer.c.employer.in_(employers)).subquery().c.agent)


async def ask_due(tx: AsyncConnection, today: date) -> None:
    """Let those be decided again for whom something becomes true by `today`."""
    agents = select(affiliation.c.agent).distinct()
    await _ask_all(tx, agents.where(affiliation.c.again_on <= today).subquery().c.agent)


async def _ask_all(tx: AsyncConnection, agents: object) -> None:
    chain = current()
    chosen = [literal(value) for value in (chain.correlation, chain.causation, chain.traceparent)]
    rows = select(agents, *chosen)  # type: ignore[call-overload]  # a column of a subquery
    await tx.execute(insert(redecision).from_select(["agent", "correlation", "causation", "traceparent"], rows))
    wake_after(tx, CHANNEL)


async def take(tx: AsyncConnection, limit: int) -> dict[UUID, Chain]:
    """Take agents off the queue, each once, with the latest chain that asked; what another worker holds is left."""
    numbers = select(redecision.c.number).order_by(redecision.c.number).limit(limit).with_for_update(skip_locked=True)
    taken = delete(redecision).where(redecision.c.number.in_(numbers)).returning(*redecision.c)
    rows = sorted(await tx.execute(taken), key=lambda row: row.number)
    return {row.agent: Chain(row.correlation, row.causation, row.traceparent) for row in rows}
