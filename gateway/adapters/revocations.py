"""What may no longer be used: signed assertions used once, tokens given back, tokens of clients shut out."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.adapters.tables import client, client_assertion, revoked_token
from kit.db.database import wake_after

CHANNEL: Final = "relais_revocations"
# Far above what ten minutes can see: a client that gives back more has a fault of its own.
MOST: Final = 100_000


async def use_assertion(tx: AsyncConnection, client_id: str, jti: str, expires_at: datetime) -> bool:
    """Whether this assertion serves for the first time."""
    statement = insert(client_assertion).values(client=client_id, jti=jti, expires_at=expires_at)
    taken = await tx.execute(statement.on_conflict_do_nothing().returning(client_assertion.c.jti))
    return taken.one_or_none() is not None


async def revoke(tx: AsyncConnection, jti: str, client_id: str, expires_at: datetime) -> None:
    """Refuse a token from now on, in every process once this is committed."""
    statement = insert(revoked_token).values(jti=jti, client=client_id, expires_at=expires_at)
    await tx.execute(statement.on_conflict_do_nothing())
    wake_after(tx, CHANNEL)


async def revoked(tx: AsyncConnection, now: datetime, since: datetime) -> tuple[frozenset[str], dict[str, datetime]]:
    """The tokens given back that have not expired, and by client the instant up to which its tokens are refused."""
    query = select(revoked_token.c.jti).where(revoked_token.c.expires_at > now).limit(MOST)
    tokens = frozenset((await tx.execute(query)).scalars())
    shut = await tx.execute(select(client.c.id, client.c.revoked_at).where(client.c.revoked_at > since))
    return tokens, {row.id: row.revoked_at for row in shut}


async def purge(tx: AsyncConnection, now: datetime) -> None:
    """Forget what has expired."""
    for table in (client_assertion, revoked_token):
        await tx.execute(delete(table).where(table.c.expires_at < now))
