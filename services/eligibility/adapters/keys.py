"""The key of a person: what is sealed with it is gone once it is destroyed."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.crypto import DataKey, KeyRing
from services.eligibility.adapters.tables import agent


async def data_key(tx: AsyncConnection, key: UUID, crypto: KeyRing) -> DataKey:
    """The open key of an agent that the caller sees."""
    wrapped = (await tx.execute(select(agent.c.wrapped_key).where(agent.c.id == key))).scalar_one()
    return crypto.open_data_key(wrapped, str(key))
