"""Clients as stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.adapters.tables import client as table
from gateway.domain.clients import Client


@dataclass(frozen=True, slots=True)
class StoredClient:
    """A client and the argon2 hash of its secret; None when it has none and cannot ask for tokens itself."""

    client: Client
    secret_hash: str | None


async def save(tx: AsyncConnection, client: Client, secret_hash: str | None, now: datetime) -> None:
    """Insert, or replace the client of that id."""
    values = {
        "name": client.name,
        "secret_hash": secret_hash,
        "scopes": sorted(client.scopes),
        "employers": None if client.employers is None else sorted(client.employers),
        "insurer": client.insurer,
        "active": client.active,
        "assumption": client.assumption,
        "recorded_at": now,
    }
    statement = insert(table).values(id=client.id, **values)
    await tx.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values))


async def find(tx: AsyncConnection, client_id: str) -> StoredClient | None:
    """The active client of that id, or None."""
    query = select(table).where(table.c.id == client_id, table.c.active)
    row = (await tx.execute(query)).one_or_none()
    if row is None:
        return None
    employers = None if row.employers is None else frozenset(row.employers)
    return StoredClient(
        Client(row.id, row.name, frozenset(row.scopes), employers, row.insurer, row.active, row.assumption),
        row.secret_hash,
    )
