"""Departures in the database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import any_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.recording import Recording
from services.eligibility.adapters.tables import departure, employment
from services.eligibility.adapters.temporal import known, known_now, record, retract
from services.eligibility.domain.departure import Departure, DepartureReason
from services.eligibility.domain.facts import Cut


async def of_agent(tx: AsyncConnection, agent: UUID, at: datetime | None = None) -> list[Departure]:
    """The departures known of an agent, in date order."""
    query = select(departure).where(known(departure, at), departure.c.agent == agent)
    rows = await tx.execute(query.order_by(departure.c.left_on, departure.c.employer))
    return [
        Departure(row.fact, row.employer, row.left_on, DepartureReason(row.reason), tuple(row.replaced)) for row in rows
    ]


async def cuts(tx: AsyncConnection, agents: Sequence[UUID]) -> list[tuple[UUID, Cut]]:
    """The stretches of contracts that gave way to the departures known now of these agents, with the agent of each."""
    before = employment.c
    query = (
        select(departure.c.agent, departure.c.left_on, before.id, before.valid)
        .join(employment, before.fact == any_(departure.c.replaced))
        .where(known_now(departure), departure.c.agent.in_(agents))
        .order_by(before.valid, before.id)
    )
    return [(row.agent, Cut(row.id, row.left_on, row.valid)) for row in await tx.execute(query)]


async def add(tx: AsyncConnection, agent: UUID, one: Departure, recording: Recording) -> None:
    row = {
        "fact": one.id,
        "agent": agent,
        "employer": one.employer,
        "left_on": one.on,
        "reason": one.reason.value,
        "replaced": list(one.replaced),
    }
    await record(tx, departure, [row], recording)


async def remove(tx: AsyncConnection, key: UUID, recording: Recording) -> None:
    """From now on it is no longer known; it stays readable as known before."""
    await retract(tx, departure, departure.c.fact == key, recording)
