"""What each client asks and how it ends: counted as it goes by, written a few times a minute, kept for a month.

It is for those who look after the exchanges, and not a proof: a process that dies loses what it had not written. Who
read whose file is in the audit trail.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

import structlog
from starlette.requests import Request
from starlette.types import Message

from gateway.adapters import client_activity
from gateway.domain.accounts import SUBJECT_PREFIX
from gateway.domain.activity import Failure, Hour, Pending
from kit.clock import Clock
from kit.db.database import Database, Scope
from kit.events.supervise import describe
from kit.http.auth import caller_of

FLUSH_S: Final = 2.0
KEPT: Final = timedelta(days=31)
# Clients remembered between two writings; those beyond are left out until the next.
MOST: Final = 10_000
log = structlog.get_logger(__name__)


class ActivityLog:
    """One per process of the gateway."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock
        self._pending: dict[str, Pending] = {}
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="client activity")

    async def stop(self) -> None:
        """Requests have ended before: what is left is written."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        await self.flush()

    def note(self, client: str, status: int, method: str, path: str) -> None:
        """A call of this client was answered."""
        now = self._clock.instant()
        one = self._of(client, now)
        if one is None:
            return
        one.called_at = now
        hour = now.replace(minute=0, second=0, microsecond=0)
        one.hours[hour] = one.hours.get(hour, Hour()).with_answer(status)
        one.failure = Failure.of(now, status, method, path) or one.failure

    def read(self, client: str, position: int) -> None:
        """This client has taken its feed up to here."""
        one = self._of(client, self._clock.instant())
        if one is not None:
            one.read_to = position

    def _of(self, client: str, now: datetime) -> Pending | None:
        """People are no clients. Whoever is not registered is left out when it is written."""
        if client.startswith(SUBJECT_PREFIX):
            return None
        found = self._pending.get(client)
        if found is None and len(self._pending) < MOST:
            found = self._pending[client] = Pending(now)
        return found

    async def flush(self) -> None:
        """Write what was counted. What cannot be written is lost, and said."""
        pending, self._pending = self._pending, {}
        if not pending:
            return
        try:
            async with self._database.transaction(Scope.none()) as tx:
                await client_activity.add(tx, pending)
        except Exception as error:  # noqa: BLE001 - whatever it is, counting goes on
            log.warning("client_activity_not_written", error=describe(error))

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(FLUSH_S)
            await self.flush()


def note(request: Request, message: Message) -> None:
    """Count the answer that begins, where its caller is known."""
    caller = caller_of(request.scope)
    if caller is not None and message["type"] == "http.response.start":
        activity: ActivityLog = request.app.state.activity
        activity.note(caller.client, message["status"], request.scope["method"], request.scope["path"])
