"""What anybody may ask without an account: simulations of some accords, a few at a time, by nobody in particular.

A visitor is told from others by the address alone, which is counted in memory and written nowhere.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from gateway.application.tokens import token_of
from gateway.dashboard.api import Api
from gateway.dashboard.visit import Visit
from gateway.domain.clients import Client
from gateway.limiter import RateLimiter
from kit.http.problem import Problem

# One scope and nobody's files. No client can be registered under this id: a full stop is none of its letters.
ANYBODY: Final = Client("public.simulator", "Simulateur public", frozenset({"simulations:run"}), frozenset())
AT_ONCE: Final = 4
_RETRY_S: Final = 2.0


class PublicDoor:
    """How many simulations one address may ask for, and how many run at once in this process."""

    def __init__(self, per_second: float) -> None:
        self._limiter = RateLimiter(per_second)
        self._turns = asyncio.Semaphore(AT_ONCE)

    @asynccontextmanager
    async def turn(self, address: str) -> AsyncIterator[None]:
        """One of the few turns. Raises 429 `too_many_requests`; nobody waits for one."""
        self._limiter.take(address)
        if self._turns.locked():
            raise Problem(429, "too_many_requests", "Trop de demandes", "Too many requests", retry_in=_RETRY_S)
        async with self._turns:
            yield


def door(state: Any) -> PublicDoor:
    """The one of this process."""
    known: PublicDoor | None = getattr(state, "public_door", None)
    if known is None:
        known = state.public_door = PublicDoor(state.settings.public_rate_per_second)
    return known


async def api_of(visit: Visit) -> Api:
    """The API as anybody may use it: the same door, with a token that runs simulations and reads nothing."""
    state = visit.request.app.state
    return Api(state.page_http, await token_of(state, ANYBODY), visit.words.language)
