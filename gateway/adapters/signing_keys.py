"""The keys that sign tokens, private parts encrypted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.adapters.tables import signing_key as table


@dataclass(frozen=True, slots=True)
class StoredKey:
    kid: str
    sealed: bytes
    public: dict[str, Any]
    created_at: datetime


async def lock(tx: AsyncConnection) -> None:
    """Only one process makes or retires keys at a time."""
    await tx.execute(text("SELECT pg_advisory_xact_lock(hashtext('signing_key'))"))


async def published(tx: AsyncConnection, retired_after: datetime) -> Sequence[StoredKey]:
    """The keys whose tokens may still be valid: not retired, or retired since. The newest first."""
    alive = table.c.retired_at.is_(None) | (table.c.retired_at > retired_after)
    query = select(table).where(alive).order_by(table.c.retired_at.is_not(None), table.c.created_at.desc())
    rows = (await tx.execute(query)).all()
    return [StoredKey(row.kid, bytes(row.sealed), row.public, row.created_at) for row in rows]


async def current(tx: AsyncConnection) -> StoredKey | None:
    """The key that signs."""
    query = select(table).where(table.c.retired_at.is_(None)).order_by(table.c.created_at.desc()).limit(1)
    row = (await tx.execute(query)).one_or_none()
    return None if row is None else StoredKey(row.kid, bytes(row.sealed), row.public, row.created_at)


async def add(tx: AsyncConnection, key: StoredKey) -> None:
    """Store a key and retire those before it: they verify until their last token expires, and sign no more."""
    await tx.execute(update(table).where(table.c.retired_at.is_(None)).values(retired_at=key.created_at))
    await tx.execute(insert(table).values(kid=key.kid, sealed=key.sealed, public=key.public, created_at=key.created_at))
