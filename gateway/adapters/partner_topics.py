"""What of the insurers' feeds their topics have, and which process may publish the rest."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import asyncpg

from kit.db.database import Database

# Any number: only who holds it publishes.
_LOCK: Final = 7_305_021
_CURSOR: Final = "partner:"
# The insurers by the first row of each, and not by reading all of them; a place of another epoch is none.
_BEHIND: Final = """
    WITH RECURSIVE told AS (
        SELECT min(insurer) AS insurer FROM partner_event
        UNION ALL
        SELECT (SELECT min(next.insurer) FROM partner_event AS next WHERE next.insurer > told.insurer)
          FROM told WHERE told.insurer IS NOT NULL),
    places AS (
        SELECT told.insurer, feed.epoch, CASE WHEN held.epoch = feed.epoch THEN held.position ELSE 0 END AS position
          FROM told CROSS JOIN feed_meta AS feed LEFT JOIN relay_cursor AS held ON held.relay = $1 || told.insurer
         WHERE told.insurer IS NOT NULL)
    SELECT insurer, epoch, position FROM places
     WHERE EXISTS (SELECT FROM partner_event AS p WHERE p.insurer = places.insurer AND p.position > places.position)
"""
# Of what was forgotten the position stays, and nothing to send.
_PAGE: Final = """
    SELECT position, 'psc.partner.' || insurer || '.v1' AS topic, key, CAST(envelope AS text) AS body, $4::uuid AS epoch
      FROM partner_event WHERE insurer = $1 AND position > $2 ORDER BY position LIMIT $3
"""
_MOVE: Final = """
    INSERT INTO relay_cursor AS held (relay, epoch, position, updated_at) VALUES ($1, $2, $3, now())
    ON CONFLICT (relay) DO UPDATE SET epoch = excluded.epoch, position = excluded.position, updated_at = now()
"""


@dataclass(frozen=True, slots=True)
class Behind:
    """An insurer whose topic lacks what comes after `position`, in the feed's present epoch."""

    insurer: str
    epoch: UUID
    position: int


@dataclass(frozen=True, slots=True)
class Topics:
    """What there is to publish, read over a connection of its own."""

    connection: asyncpg.Connection[Any]

    async def alone(self) -> bool:
        """Whether this process may publish; it may until the connection is closed."""
        return bool(await self.connection.fetchval("SELECT pg_try_advisory_lock($1)", _LOCK))

    async def behind(self) -> list[Behind]:
        """The insurers whose topic lacks something."""
        return [Behind(*row) for row in await self.connection.fetch(_BEHIND, _CURSOR)]

    async def page(self, one: Behind, limit: int) -> Sequence[asyncpg.Record]:
        """What follows, as `kit.events.relay.send` takes it; at least one row."""
        rows: list[asyncpg.Record] = await self.connection.fetch(_PAGE, one.insurer, one.position, limit, one.epoch)
        return rows

    async def move(self, one: Behind, position: int) -> None:
        """The broker has everything up to there."""
        await self.connection.execute(_MOVE, _CURSOR + one.insurer, one.epoch, position)


@asynccontextmanager
async def opened(database: Database) -> AsyncIterator[Topics]:
    async with database.dedicated() as connection:
        yield Topics(connection)
