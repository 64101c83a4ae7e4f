"""Whom a decision is about: a month, an annuity and a capital bear the id of the decision that made them."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from services.claims.adapters.tables import annuity, benefit, capital


async def agent_of(tx: AsyncConnection, decision: UUID) -> UUID | None:
    """The agent; None for a decision of nobody that is known here."""
    found = (select(table.c.agent).where(table.c.id == decision) for table in (benefit, annuity, capital))
    agent: UUID | None = (await tx.execute(union_all(*found))).scalars().first()
    return agent
