"""Read ahead: the next part is read while the one before is worked on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


async def read_ahead(read: Callable[[int], Coroutine[Any, Any, T]], first: int, most: int) -> AsyncGenerator[T]:
    """What `read` gives of sizes that double from `first` up to `most`, until it gives nothing.

    It runs beside whoever asks, whenever that one waits for something else: it should let others run now and then.
    Close the generator where its parts may not all be asked for (`contextlib.aclosing`).

    >>> async def numbers(size: int) -> list[int]: return [left.pop() for _ in range(min(size, len(left)))]
    >>> async def parts() -> list[list[int]]: return [part async for part in read_ahead(numbers, 1, 4)]
    >>> left = [1, 2, 3, 4, 5, 6, 7, 8]
    >>> asyncio.run(parts())
    [[8], [7, 6], [5, 4, 3, 2], [1]]
    """
    size, coming = first, asyncio.ensure_future(read(first))
    try:
        while part := await coming:
            size = min(2 * size, most)
            coming = asyncio.ensure_future(read(size))
            yield part
    finally:
        coming.cancel()
