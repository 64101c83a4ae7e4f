"""Clients as stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.adapters.tables import client as table
from gateway.domain.clients import Client

Jwk = dict[str, str]


@dataclass(frozen=True, slots=True)
class StoredClient:
    """A client and what proves that it is: the argon2 hash of its secret, its public keys; without either it cannot
    ask for tokens itself. `previous_hash` is good until `previous_until`.
    """

    client: Client
    secret_hash: str | None
    keys: tuple[Jwk, ...] = ()
    previous_hash: str | None = None
    previous_until: datetime | None = None
    version: int = 1
    recorded_at: datetime | None = None

    def hashes(self, now: datetime) -> list[str]:
        """Of the secrets that are good now, the newest first."""
        found = [] if self.secret_hash is None else [self.secret_hash]
        if self.previous_hash is not None and self.previous_until is not None and now < self.previous_until:
            found.append(self.previous_hash)
        return found


async def save(tx: AsyncConnection, client: Client, secret_hash: str | None, now: datetime) -> None:
    """Insert, or replace the client of that id."""
    values = {**_values(client, now), "secret_hash": secret_hash, "previous_hash": None}
    statement = insert(table).values(id=client.id, **values)
    await tx.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values))


async def add(
    tx: AsyncConnection, client: Client, secret_hash: str | None, keys: Sequence[Jwk], *, now: datetime, by: str
) -> bool:
    """Insert; False when there is one of that id, shut out ones included."""
    values = {**_values(client, now), "secret_hash": secret_hash, "keys": list(keys) or None, "changed_by": by}
    statement = insert(table).values(id=client.id, **values).on_conflict_do_nothing().returning(table.c.id)
    return (await tx.execute(statement)).one_or_none() is not None


async def replace_proofs(
    tx: AsyncConnection,
    stored: StoredClient,
    *,
    secret_hash: str | None,
    keys: Sequence[Jwk],
    keep_until: datetime | None,
    now: datetime,
    by: str,
) -> None:
    """Other proofs; the secret before stays good until `keep_until`. Without it, tokens of before are refused too."""
    values: dict[str, Any] = {
        "secret_hash": secret_hash,
        "keys": list(keys) or None,
        "previous_hash": stored.secret_hash if keep_until is not None else None,
        "previous_until": keep_until,
    }
    if keep_until is None:
        values["revoked_at"] = now
    await _change(tx, stored.client.id, now, by, values)


async def shut_out(tx: AsyncConnection, client_id: str, now: datetime, by: str) -> None:
    """No more tokens, and those it has are refused."""
    gone = {"active": False, "secret_hash": None, "previous_hash": None, "keys": None, "revoked_at": now}
    await _change(tx, client_id, now, by, gone)


async def move(tx: AsyncConnection, client_id: str, employers: frozenset[str], now: datetime) -> None:
    """From now on it stands for these employers."""
    await _change(tx, client_id, now, "relais sandbox", {"employers": sorted(employers)})


async def find(tx: AsyncConnection, client_id: str) -> StoredClient | None:
    """The active client of that id, or None."""
    query = select(table).where(table.c.id == client_id, table.c.active)
    row = (await tx.execute(query)).one_or_none()
    return None if row is None else _stored(row)


async def locked(tx: AsyncConnection, client_id: str) -> StoredClient | None:
    """The same, active or not, held until the transaction ends."""
    query = select(table).where(table.c.id == client_id).with_for_update()
    row = (await tx.execute(query)).one_or_none()
    return None if row is None else _stored(row)


async def page(tx: AsyncConnection, after: str | None, limit: int) -> list[StoredClient]:
    """Clients by id, those shut out too."""
    query = select(table).order_by(table.c.id).limit(limit)
    if after is not None:
        query = query.where(table.c.id > after)
    return [_stored(row) for row in (await tx.execute(query)).all()]


async def _change(tx: AsyncConnection, client_id: str, now: datetime, by: str, values: dict[str, Any]) -> None:
    also = {"changed_by": by, "recorded_at": now, "version": table.c.version + 1}
    await tx.execute(update(table).where(table.c.id == client_id).values(**values, **also))


def _values(client: Client, now: datetime) -> dict[str, Any]:
    return {
        "name": client.name,
        "scopes": sorted(client.scopes),
        "employers": None if client.employers is None else sorted(client.employers),
        "insurer": client.insurer,
        "department": client.department,
        "active": client.active,
        "assumption": client.assumption,
        "recorded_at": now,
    }


def _stored(row: Any) -> StoredClient:
    employers = None if row.employers is None else frozenset(row.employers)
    client = Client(
        row.id, row.name, frozenset(row.scopes), employers, row.insurer, row.active, row.assumption, row.department
    )
    return StoredClient(
        client,
        row.secret_hash,
        tuple(row.keys or ()),
        row.previous_hash,
        row.previous_until,
        row.version,
        row.recorded_at,
    )
