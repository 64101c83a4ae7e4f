"""Ready: every service is, and the demo data is loaded where it is expected."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final

import aiohttp
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.adapters import platform_state
from kit.clock import Clock
from kit.db.database import Database, Scope
from kit.http.health import not_ready

DEMO_LOADED: Final = "demo_loaded"
SERVICE_TIMEOUT_S: Final = 3.0


async def mark_demo_loaded(tx: AsyncConnection, clock: Clock) -> None:
    """Say that the demo data is in: the gateway is ready from now on."""
    await platform_state.put(tx, DEMO_LOADED, "yes", clock.instant())


async def check_demo(database: Database) -> None:
    """Raise 503 until the demo data is loaded."""
    async with database.transaction(Scope.none()) as tx:
        if await platform_state.get(tx, DEMO_LOADED) is None:
            raise not_ready("Les données de démonstration se chargent.", "The demo data is loading.")


async def check_services(upstreams: Mapping[str, str], session: aiohttp.ClientSession) -> None:
    """Raise 503, naming them, until every service says it is ready."""
    names = list(upstreams)
    states = await asyncio.gather(*(_is_ready(upstreams[name], session) for name in names))
    waiting = ", ".join(name for name, ready in zip(names, states, strict=True) if not ready)
    if waiting:
        raise not_ready(f"En attente de : {waiting}.", f"Waiting for: {waiting}.")


async def _is_ready(base_url: str, session: aiohttp.ClientSession) -> bool:
    timeout = aiohttp.ClientTimeout(total=SERVICE_TIMEOUT_S)
    try:
        async with session.get(base_url.rstrip("/") + "/health/ready", timeout=timeout) as response:
            return response.status == 200  # noqa: PLR2004 - HTTP
    except (aiohttp.ClientError, TimeoutError, ConnectionError):
        return False
