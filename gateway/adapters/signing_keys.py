"""The keys that sign tokens, private parts encrypted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.adapters.tables import signing_key as table


@dataclass(frozen=True, slots=True)
class StoredKey:
    kid: str
    sealed: bytes
    public: dict[str, Any]
    created_at: datetime
    signs_from: datetime


async def lock(tx: AsyncConnection) -> None:
    """Only one process makes or retires keys at a time."""
    await tx.execute(text("SELECT pg_advisory_xact_lock(hashtext('signing_key'))"))


async def published(tx: AsyncConnection, retired_after: datetime) -> Sequence[StoredKey]:
    """The keys whose tokens may be shown: about to sign, signing, or retired since. The newest first."""
    alive = table.c.retired_at.is_(None) | (table.c.retired_at > retired_after)
    query = select(table).where(alive).order_by(table.c.signs_from.desc())
    return [_stored(row) for row in (await tx.execute(query)).all()]


async def current(tx: AsyncConnection, now: datetime) -> StoredKey | None:
    """The key that signs at this instant."""
    query = select(table).where(table.c.signs_from <= now).order_by(table.c.signs_from.desc()).limit(1)
    row = (await tx.execute(query)).one_or_none()
    return None if row is None else _stored(row)


async def add(tx: AsyncConnection, key: StoredKey) -> None:
    """Store a key. Those before it sign until it does, and verify until their last token expires."""
    await tx.execute(update(table).where(table.c.retired_at.is_(None)).values(retired_at=key.signs_from))
    values = {name: getattr(key, name) for name in StoredKey.__dataclass_fields__}
    await tx.execute(insert(table).values(**values))


async def forget(tx: AsyncConnection, retired_before: datetime) -> None:
    """Keys whose last token has expired long since."""
    await tx.execute(delete(table).where(table.c.retired_at < retired_before))


def _stored(row: Any) -> StoredKey:
    return StoredKey(row.kid, bytes(row.sealed), row.public, row.created_at, row.signs_from)
