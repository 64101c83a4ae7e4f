"""Gives positions to committed events, one sequencer per service at a time.

Rows become visible in any order; a position is given only to rows that are, in the order of writing, which for one
aggregate is the order of its versions (the second writer waits for the first one's commit). So whoever reads
`position > cursor` skips no slow transaction and sees no version 2 before version 1.

No position waits for the disk: the event it is given to is on it already, because who writes one waits (a linter sees
to that). A server that crashes may so forget the last positions, which readers may have gone past. They are therefore
reserved first, on disk, some thousands at a time, and whoever becomes the sequencer begins above all that were: a
forgotten one is never given to another event.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any, Final, Self

import asyncpg
import structlog

from kit.db.away import LOST
from kit.db.database import Database
from kit.events import epoch, metrics
from kit.events.feed import SEQUENCED_CHANNEL
from kit.events.outbox import WRITTEN_CHANNEL
from kit.events.supervise import supervise

BATCH_LIMIT: Final = 2000
# How often a process that is not the sequencer tries to be; a waiting lock would keep a snapshot from vacuum.
TRY_SECONDS: Final = 0.5
# Looks anyway after this long: notifications are lost with a connection.
LOOK_SECONDS: Final = 1.0
_LOCK: Final = 7_305_010

RESERVED_AT_ONCE: Final = 2 * BATCH_LIMIT

_LAZILY: Final = "SET synchronous_commit = off"
_ON_DISK: Final = "SET LOCAL synchronous_commit = on"
_RESERVE: Final = """
    UPDATE feed_meta SET reserved_position = GREATEST(reserved_position, last_position) + $1
    RETURNING reserved_position
"""
_UNPLACED: Final = "SELECT EXISTS (SELECT FROM outbox WHERE position IS NULL)"
_GIVE_BACK: Final = "UPDATE feed_meta SET reserved_position = GREATEST(last_position, $1)"
_SEQUENCE: Final = """
    WITH head AS (SELECT GREATEST(last_position, $2) AS last_position FROM feed_meta FOR UPDATE),
         fresh AS (SELECT id, row_number() OVER (ORDER BY serial) AS place
                     FROM (SELECT id, serial FROM outbox WHERE position IS NULL ORDER BY serial LIMIT $1) AS unplaced),
         placed AS (UPDATE outbox SET position = head.last_position + fresh.place
                      FROM fresh, head WHERE outbox.id = fresh.id RETURNING 1),
         moved AS (UPDATE feed_meta SET last_position = head.last_position + given
                     FROM head, (SELECT count(*) AS given FROM placed) AS counted WHERE given > 0
                   RETURNING given, feed_meta.last_position)
    SELECT given, last_position FROM moved
"""
_WAKE: Final = f"NOTIFY {SEQUENCED_CHANNEL}"


class Sequencer:
    """Runs in the background of every worker process; the one that holds the advisory lock works."""

    def __init__(self, database: Database, *, batch: int = BATCH_LIMIT) -> None:
        self._database = database
        self._batch = batch
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        if self._task is None:
            self._task = asyncio.create_task(supervise("sequencer", self._run), name="sequencer")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def _run(self) -> None:
        async with self._database.dedicated() as connection:
            while True:
                if await connection.fetchval("SELECT pg_try_advisory_lock($1)", _LOCK):
                    break
                await asyncio.sleep(TRY_SECONDS)
            if await epoch.check(connection):
                structlog.get_logger(__name__).warning("feed_restored", database=self._database.url.database)
            await self._lead(connection)

    async def _lead(self, connection: asyncpg.Connection[Any]) -> None:
        written = asyncio.Event()
        connection.add_termination_listener(lambda _: written.set())
        await connection.add_listener(WRITTEN_CHANNEL, lambda *_: written.set())
        positions = await Positions.above_all_reserved(connection)
        try:
            while True:
                written.clear()
                while await positions.give(self._batch) == self._batch:
                    pass
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_SECONDS):
                        await written.wait()
        except asyncio.CancelledError:  # in good order: what was reserved and not given is no gap then
            with suppress(TimeoutError, *LOST):
                async with asyncio.timeout(LOOK_SECONDS):
                    await positions.give_back()
            raise


class Positions:
    """Gives positions over one connection, which is the only one to do so: its session holds the lock."""

    def __init__(self, connection: asyncpg.Connection[Any], reserved: int) -> None:
        self._connection = connection
        self._floor = self._last = self._reserved = reserved

    @classmethod
    async def above_all_reserved(cls, connection: asyncpg.Connection[Any]) -> Self:
        """The connection no longer waits for the disk; the first event gets the position after the last reserved."""
        await connection.execute(_LAZILY)
        return cls(connection, await _reserve(connection, 0))

    async def give(self, batch: int = BATCH_LIMIT) -> int:
        """Give positions to at most `batch` committed events, and say how many."""
        assert batch <= RESERVED_AT_ONCE
        if self._last + batch > self._reserved:
            if not await self._connection.fetchval(_UNPLACED):
                return 0
            self._reserved = await _reserve(self._connection, RESERVED_AT_ONCE)
        row = await self._connection.fetchrow(_SEQUENCE, batch, self._floor)
        if row is None:
            return 0
        given: int = row["given"]
        self._last = row["last_position"]
        await self._connection.execute(_WAKE)  # apart: see `wake_after`
        metrics.SEQUENCED.inc(given)
        return given

    async def give_back(self) -> None:
        """What was reserved and not given; nothing is given any more."""
        async with self._connection.transaction():
            await self._connection.execute(_ON_DISK)
            await self._connection.execute(_GIVE_BACK, self._floor)


async def _reserve(connection: asyncpg.Connection[Any], number: int) -> int:
    """So many positions more, on disk before any of them is given; the last of them."""
    async with connection.transaction():
        await connection.execute(_ON_DISK)
        reserved: int = await connection.fetchval(_RESERVE, number)
    return reserved
