"""Tokens that are refused before they expire, known to every process of the gateway within a second."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Final

from gateway.adapters import delegations, revocations
from gateway.adapters.revocations import CHANNEL
from gateway.application.keys import TOKEN_LIFE
from kit.clock import Clock
from kit.db.database import Database, Scope
from kit.events.supervise import supervise
from kit.events.wakeup import Wakeup
from kit.http.auth import Principal

LOOK_S: Final = 1.0
MARGIN: Final = timedelta(minutes=1)


class Revocations:
    """Read again when another process says so, and every second. A database out of reach leaves what is known."""

    def __init__(self, database: Database, clock: Clock, wakeup: Wakeup) -> None:
        self._database, self._clock, self._wakeup = database, clock, wakeup
        self._tokens: frozenset[str] = frozenset()
        self._clients: dict[str, int] = {}
        self._employers: dict[str, int] = {}
        self._task: asyncio.Task[None] | None = None

    def holds(self, principal: Principal) -> bool:
        """Whether this token is refused. One issued in the very second of its client's revocation is.

        So is one that carries a delegation of an employer that has ended one since: its holder asks for another.
        """
        if principal.token in self._tokens or principal.issued <= self._clients.get(principal.client, -1):
            return True
        ended = self._employers.items()
        return any(principal.issued <= at for employer, at in ended if employer in principal.delegated)

    async def start(self) -> None:
        self._task = asyncio.create_task(supervise("revocations", self._follow), name="revocations")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def read(self) -> None:
        """What is stored now."""
        now = self._clock.instant()
        async with self._database.transaction(Scope.all()) as tx:
            self._tokens, shut = await revocations.revoked(tx, now, now - TOKEN_LIFE - MARGIN)
            ended = await delegations.revoked_since(tx, now - TOKEN_LIFE - MARGIN)
        self._clients = {name: int(at.timestamp()) for name, at in shut.items()}
        self._employers = {employer: int(at.timestamp()) for employer, at in ended.items()}

    async def _follow(self) -> None:
        while True:
            woken = self._wakeup.next(CHANNEL)
            await self.read()
            await self._wakeup.wait(woken, LOOK_S)
