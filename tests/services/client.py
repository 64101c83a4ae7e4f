"""A service in this process, on a real database, called over HTTP with real tokens."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
from fastapi import FastAPI

from kit.clock import FixedClock
from kit.settings import Settings
from tests.kit.http.issuer import AUDIENCE, ISSUER, TestIssuer
from tests.postgres import ComponentDatabase

TOKEN_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Service:
    """An application that runs, and the way to call it."""

    app: FastAPI
    issuer: TestIssuer
    clock: FixedClock

    def caller(self, *scopes: str, employers: list[str] | str = "*", client: str = "demo-staff") -> httpx.AsyncClient:
        """A client with these scopes, for these employers ("*": all)."""
        expires = int(self.clock.instant().timestamp()) + TOKEN_SECONDS
        bearer = self.issuer.bearer(sub=client, scope=" ".join(scopes), employers=employers, exp=expires)
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url="http://service", headers=bearer)


@dataclass(frozen=True, slots=True)
class _Made:
    """An application that was made, and what it was made with."""

    create_app: Callable[..., FastAPI]
    settings: Settings
    service: Service


# Making an application takes longer than most tests do: those that no test uses now are used again.
_idle: list[_Made] = []


@asynccontextmanager
async def running(
    create_app: Callable[..., FastAPI], database: ComponentDatabase, at: datetime, **settings: Any
) -> AsyncIterator[Service]:
    """The service on `database`, answering requests only, its clock standing at `at`."""
    given = {"component": database.component, "role": "api", "issuer": ISSUER, "audience": AUDIENCE, **settings}
    made = _made(create_app, database.settings.model_copy(update=given))
    made.service.clock.at = at
    try:
        async with made.service.app.router.lifespan_context(made.service.app):
            yield made.service
    finally:
        _idle.append(made)


def _made(create_app: Callable[..., FastAPI], settings: Settings) -> _Made:
    for made in _idle:
        if made.create_app is create_app and made.settings == settings:
            _idle.remove(made)
            return made
    clock, issuer = FixedClock(datetime.now(UTC)), TestIssuer()
    app = create_app(settings, clock=clock)
    app.state.keys = lambda _app: issuer
    return _Made(create_app, settings, Service(app, issuer, clock))
