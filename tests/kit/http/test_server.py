"""A component that is told to stop answers those who wait, and ends."""

from __future__ import annotations

import asyncio
import time

import httpx
from fastapi import FastAPI

from kit.http.server import GRACE_S
from tests.kit.http.serving import running


async def test_a_long_poll_is_answered_when_the_server_stops() -> None:
    app, waiting, told = FastAPI(), asyncio.Event(), asyncio.Event()

    @app.get("/poll")
    async def poll() -> str:
        waiting.set()
        await told.wait()
        return "nothing new"

    async def end() -> None:
        told.set()

    app.state.long_polls = [end]
    async with httpx.AsyncClient(timeout=30) as client:
        async with running(app) as url:
            asked = asyncio.create_task(client.get(f"{url}/poll"))
            await waiting.wait()
            began = time.monotonic()
        assert (await asked).json() == "nothing new"
        assert time.monotonic() - began < GRACE_S / 2
