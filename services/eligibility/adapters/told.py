"""What was last told of each employment, so that only what differs is told again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

from msgspec import json
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.db.copy import put_rows
from kit.db.types import Written
from kit.period import Period
from rules.vocabulary import Regime
from services.eligibility.adapters.decision_tables import employment_told
from services.eligibility.domain.documents import period
from services.eligibility.domain.standing import Standing


@dataclass(frozen=True, slots=True)
class Told:
    """All stretches of an employment, as told: ready to be stored."""

    employment: UUID
    employer: str
    stretches: Written

    @classmethod
    def of(cls, stretches: Sequence[Standing]) -> Self:
        first, documents = stretches[0], json.encode(stretches, enc_hook=str)  # what `Standing.document` says of each
        return cls(first.employment, first.key.employer, Written(documents.decode()))


async def store(tx: AsyncConnection, employments: Sequence[tuple[UUID, Told]]) -> None:
    """Remember what was told of some employments, each with its agent."""
    rows = [
        {"employment": one.employment, "agent": agent, "employer": one.employer, "stretches": one.stretches}
        for agent, one in employments
    ]
    await put_rows(tx, employment_told, rows, key=["employment"], update=["stretches"])


async def of_agents(tx: AsyncConnection, agents: Sequence[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    """The stretches last told, as documents, by employment."""
    query = select(employment_told.c.employment, employment_told.c.stretches)
    rows = await tx.execute(query.where(employment_told.c.agent.in_(agents)))
    return {row.employment: row.stretches for row in rows}


async def regimes(tx: AsyncConnection, agent: UUID, employer: str) -> list[tuple[Period, Regime]]:
    """The regimes of an agent's employments with an employer, as they follow from all jobs together."""
    query = select(employment_told.c.stretches).where(
        employment_told.c.agent == agent, employment_told.c.employer == employer
    )
    found = [stretch for stretches in (await tx.execute(query)).scalars() for stretch in stretches]
    return [(period(stretch["period"]), Regime(stretch["regime"])) for stretch in found]
