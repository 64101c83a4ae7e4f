"""Requests to stay out of the scheme, in the database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import RowMapping, select
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.recording import Recording
from services.eligibility.adapters.tables import dispense
from services.eligibility.adapters.temporal import known, record, retract
from services.eligibility.domain.facts import DispenseRequest


async def of_agents(
    tx: AsyncConnection, agents: Sequence[UUID], at: datetime | None = None
) -> list[tuple[UUID, DispenseRequest]]:
    """The requests known of these agents, with the agent of each, in date order."""
    query = select(dispense).where(known(dispense, at), dispense.c.agent.in_(agents))
    rows = (await tx.execute(query.order_by(dispense.c.valid, dispense.c.id))).mappings()
    return [(row["agent"], _request(row)) for row in rows]


async def add(tx: AsyncConnection, agent: UUID, one: DispenseRequest, recording: Recording) -> None:
    row = {
        "id": one.id,
        "agent": agent,
        "employer": one.employer,
        "requested_on": one.period.start,
        "individual_cover": one.individual_cover,
        "proofs": list(one.proofs),
        "valid": one.period,
    }
    await record(tx, dispense, [row], recording)


async def remove(tx: AsyncConnection, key: UUID, recording: Recording) -> None:
    """From now on the request is no longer known; it stays readable as known before."""
    await retract(tx, dispense, dispense.c.id == key, recording)


def _request(row: RowMapping) -> DispenseRequest:
    return DispenseRequest(row["id"], row["employer"], row["valid"], row["individual_cover"], tuple(row["proofs"]))
