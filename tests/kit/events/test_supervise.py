"""Work that fails, ends or is cancelled from within goes on; only its owner ends it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest

from kit.events.supervise import supervise

PATIENCE_SECONDS = 10.0


async def _ends() -> None:
    """Work that returns."""


async def _fails() -> None:
    raise RuntimeError


async def _lets_a_cancellation_through() -> None:
    """As a client does that waits for tasks of its own which it has ended."""
    inner = asyncio.create_task(asyncio.sleep(PATIENCE_SECONDS))
    inner.cancel()
    await inner


@pytest.mark.parametrize("work", [_ends, _fails, _lets_a_cancellation_through])
async def test_work_that_stops_is_begun_again(work: Callable[[], Awaitable[None]]) -> None:
    begun: asyncio.Queue[None] = asyncio.Queue()

    async def observed() -> None:
        begun.put_nowait(None)
        await work()

    task = asyncio.create_task(supervise("work", observed))
    async with asyncio.timeout(PATIENCE_SECONDS):
        for _ in range(3):
            await begun.get()
    assert not task.done()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert task.cancelled()


async def test_its_owner_ends_it_whatever_the_work_makes_of_that() -> None:
    """A client may take the end of its owner for the end of a task of its own, and say nothing."""
    begun = asyncio.Event()

    async def keeps_its_cancellation() -> None:
        begun.set()
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()

    task = asyncio.create_task(supervise("work", keeps_its_cancellation))
    await begun.wait()
    task.cancel()
    done, _ = await asyncio.wait([task], timeout=PATIENCE_SECONDS)
    assert done
    assert task.cancelled()
