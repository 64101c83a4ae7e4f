"""Recognitions of invalidity in the database."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import RowMapping, select
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.recording import Recording
from services.eligibility.adapters.tables import invalidity
from services.eligibility.adapters.temporal import known, record, retract
from services.eligibility.domain.facts import Invalidity


async def of_agent(tx: AsyncConnection, agent: UUID, at: datetime | None = None) -> list[Invalidity]:
    """What is known now of an agent, in date order."""
    query = select(invalidity).where(known(invalidity, at), invalidity.c.agent == agent)
    return [_recognition(row) for row in (await tx.execute(query.order_by(invalidity.c.valid))).mappings()]


async def add(tx: AsyncConnection, agent: UUID, one: Invalidity, recording: Recording) -> None:
    row = {
        "id": one.id,
        "agent": agent,
        "employer": one.employer,
        "cnracl_rate": one.cnracl_rate,
        "ss_category": one.ss_category,
        "atmp_rate": one.atmp_rate,
        "pension_net": one.pension_net,
        "valid": one.period,
    }
    await record(tx, invalidity, [row], recording)


async def remove(tx: AsyncConnection, key: UUID, recording: Recording) -> None:
    """From now on the recognition is no longer known; it stays readable as known before."""
    await retract(tx, invalidity, invalidity.c.id == key, recording)


def _recognition(row: RowMapping) -> Invalidity:
    return Invalidity(
        row["id"],
        row["employer"],
        row["valid"],
        row["cnracl_rate"],
        row["ss_category"],
        row["atmp_rate"],
        row["pension_net"],
        row["recorded"].lower,
    )
