"""Consumers that end anywhere: cancelled in the middle of a batch, or killed with their process."""

from __future__ import annotations

import asyncio
import random
import sys
from collections.abc import AsyncIterator
from functools import partial

import pytest

from tests.kit.events.carriers import Carrier
from tests.kit.events.observing import converged
from tests.kit.events.sample.thing import applied, change
from tests.postgres import ComponentDatabase
from tests.waiting import eventually

KILLS = 3
KEYS = 6
VALUES = 60


async def test_a_consumer_stopped_in_the_middle_of_a_batch_goes_on(
    carrier: Carrier, source: ComponentDatabase, sink: ComponentDatabase
) -> None:
    chance = random.Random(7)
    await carrier.start_source()
    await carrier.start_sink()
    writing = asyncio.gather(*(change(source.api, f"thing-{n}", *range(VALUES)) for n in range(KEYS)))
    for _ in range(8):
        before = await count(sink)
        await eventually(partial(more_than, sink, before), "progress", 30)
        await stop_somewhere(carrier, chance.uniform(0, 0.02))
        await carrier.start_sink()
        if await count(sink) == KEYS * VALUES:
            break
    await writing
    assert await converged(source.worker, sink.worker) == {f"thing-{n}": [*range(VALUES)] for n in range(KEYS)}


async def test_a_consumer_process_killed_again_and_again_loses_and_doubles_nothing(
    carrier: Carrier, source: ComponentDatabase, sink: ComponentDatabase, sink_processes: SinkProcesses
) -> None:
    await carrier.start_source()
    await asyncio.gather(*(change(source.api, f"thing-{n}", *range(10)) for n in range(KEYS)))
    for turn in range(KILLS):
        process = await sink_processes.start(carrier, sink)
        before = await count(sink)
        writing = asyncio.gather(*(change(source.api, f"thing-{n}", *range(turn, turn + 12)) for n in range(KEYS)))
        await eventually(partial(more_than, sink, before + 10), "progress", 30)
        process.kill()
        await process.wait()
        await writing
    await sink_processes.start(carrier, sink)
    assert len(await converged(source.worker, sink.worker, seconds=60)) == KEYS


async def stop_somewhere(carrier: Carrier, seconds: float) -> None:
    """Cancel the consumer wherever it is by then."""
    await asyncio.sleep(seconds)
    await carrier.stop_sink()


async def count(sink: ComponentDatabase) -> int:
    return sum(map(len, (await applied(sink.worker)).values()))


async def more_than(sink: ComponentDatabase, before: int) -> bool:
    return await count(sink) > before


class SinkProcesses:
    """Consumers of `sink` in processes of their own (sample/process.py)."""

    def __init__(self) -> None:
        self._running: list[asyncio.subprocess.Process] = []

    async def start(self, carrier: Carrier, sink: ComponentDatabase) -> asyncio.subprocess.Process:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.kit.events.sample.process", sink.urls["worker"], *carrier.process_arguments()
        )
        self._running.append(process)
        return process

    async def stop(self) -> None:
        for process in self._running:
            if process.returncode is None:
                process.kill()
                await process.wait()


@pytest.fixture
async def sink_processes() -> AsyncIterator[SinkProcesses]:
    made = SinkProcesses()
    yield made
    await made.stop()
