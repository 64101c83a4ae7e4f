"""Work that goes on beside the requests for as long as an application runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI

from kit.app import Resource
from kit.events.supervise import supervise
from kit.events.wakeup import Wakeup


@asynccontextmanager
async def supervised(name: str, work: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """`work` goes on inside, started again when it fails."""
    task = asyncio.create_task(supervise(name, work), name=name)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def background(name: str, channel: str, work: Callable[[FastAPI, Wakeup], Awaitable[None]]) -> Resource:
    """`work`, woken by that channel and started again when it fails; nothing where the role is api."""

    @asynccontextmanager
    async def resource(app: FastAPI) -> AsyncIterator[None]:
        if app.state.settings.role == "api":
            yield
            return
        wakeup = Wakeup(app.state.worker_db, [channel])
        await wakeup.start()
        try:
            async with supervised(name, lambda: work(app, wakeup)):
                yield
        finally:
            await wakeup.stop()

    return resource
