"""Options chosen, in the database."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import RowMapping, select
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.recording import Recording
from rules.vocabulary import Guarantee
from services.eligibility.adapters.tables import option_election
from services.eligibility.adapters.temporal import known, record, retract
from services.eligibility.domain.facts import Election


async def of_agent(tx: AsyncConnection, agent: UUID, at: datetime | None = None) -> list[Election]:
    """What is known now of an agent's options, in date order."""
    query = select(option_election).where(known(option_election, at), option_election.c.agent == agent)
    rows = (await tx.execute(query.order_by(option_election.c.valid, option_election.c.id))).mappings()
    return [_election(row) for row in rows]


async def add(tx: AsyncConnection, agent: UUID, one: Election, recording: Recording) -> None:
    row = {
        "id": one.id,
        "agent": agent,
        "employer": one.employer,
        "guarantee": one.guarantee.value,
        "valid": one.period,
    }
    await record(tx, option_election, [row], recording)


async def remove(tx: AsyncConnection, key: UUID, recording: Recording) -> None:
    """From now on the election is no longer known; it stays readable as known before."""
    await retract(tx, option_election, option_election.c.id == key, recording)


def _election(row: RowMapping) -> Election:
    return Election(row["id"], row["employer"], Guarantee(row["guarantee"]), row["valid"], row["recorded"].lower)
