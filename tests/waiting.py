"""Patience with a bound, for what other processes or tasks do in their own time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")
PAUSE_SECONDS = 0.02


def until(read: Callable[[], T | None], what: str, seconds: float = 20.0) -> T:
    """The first answer that is not empty. Fails when there is none in time."""
    deadline = time.monotonic() + seconds
    while not (found := read()):
        assert time.monotonic() < deadline, f"{what}: nothing within {seconds} s"
        time.sleep(PAUSE_SECONDS)
    return found


async def eventually(read: Callable[[], Awaitable[T | None]], what: str, seconds: float = 20.0) -> T:
    """The same for coroutines."""
    deadline = time.monotonic() + seconds
    while not (found := await read()):
        assert time.monotonic() < deadline, f"{what}: nothing within {seconds} s"
        await asyncio.sleep(PAUSE_SECONDS)
    return found
