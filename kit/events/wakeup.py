"""One LISTEN connection per process, which wakes whoever waits for events. Waiting holds no transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Final

import asyncpg
import structlog

from kit.db.database import Database
from kit.events.supervise import describe

KEEPALIVE_SECONDS: Final = 15.0
RECONNECT_SECONDS: Final = 0.5
START_SECONDS: Final = 10.0

log = structlog.get_logger(__name__)


class Wakeup:
    """Take `next(channel)` first, look at the database, then `wait` on it: no notification falls in between.

    When the connection is lost everybody is woken, looks, and waits again on a new one: a notification may have gone
    by meanwhile.
    """

    def __init__(self, database: Database, channels: Sequence[str]) -> None:
        self._database = database
        self._events = {channel: asyncio.Event() for channel in channels}
        self._listening = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Returns once listening, or after ten seconds: the connection is then tried again in the background."""
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="event wakeup")
            await self.wait(self._listening, START_SECONDS)

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
            self._wake_all()

    @property
    def running(self) -> bool:
        return self._task is not None

    def next(self, channel: str) -> asyncio.Event:
        """Set at the next notification on the channel."""
        return self._events[channel]

    async def wait(self, event: asyncio.Event, seconds: float) -> bool:
        """Whether it was woken within that time."""
        try:
            async with asyncio.timeout(seconds):
                return await event.wait()
        except TimeoutError:
            return False

    def wake(self, channel: str) -> None:
        """Wake those who wait on a channel."""
        event, self._events[channel] = self._events[channel], asyncio.Event()
        event.set()

    def _wake_all(self) -> None:
        for channel in self._events:
            self.wake(channel)

    async def _run(self) -> None:
        while True:
            try:
                async with self._database.dedicated() as connection:
                    await self._listen(connection)
            except Exception as error:  # noqa: BLE001 - whatever it is, nobody would be woken any more
                log.warning("event_listener_lost", error=describe(error))
            self._wake_all()
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _listen(self, connection: asyncpg.Connection[asyncpg.Record]) -> None:
        """Until the connection ends."""
        ended = asyncio.Event()
        connection.add_termination_listener(lambda _: ended.set())
        for channel in self._events:
            await connection.add_listener(channel, self._notified)
        self._listening.set()
        self._wake_all()
        while not await self.wait(ended, KEEPALIVE_SECONDS):
            await connection.execute("SELECT 1", timeout=KEEPALIVE_SECONDS)

    def _notified(self, _connection: Any, _pid: int, channel: str, _payload: object) -> None:
        self.wake(channel)
