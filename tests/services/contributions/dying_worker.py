"""A worker in a process of its own: applies chunks, says so before the commit of the last one asked for, and waits."""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import timedelta
from typing import Any

from kit.clock import FixedClock
from kit.db.database import Database
from kit.db.job_runner import JobRunner
from kit.settings import Settings
from services.contributions.main import create_app
from tests.services.contributions.world import NOW

FOREVER = 600


async def run(kind: str, chunks: int) -> None:
    settings = Settings()
    clock = FixedClock(NOW)
    apply = create_app(settings, clock=clock).state.jobs[kind]
    left = iter(range(chunks - 1, -1, -1))

    async def dying(*given: Any) -> Any:
        done = await apply(*given)
        if next(left) == 0:
            sys.stdout.write("applied\n")
            sys.stdout.flush()
            await asyncio.sleep(FOREVER)
        return done

    assert settings.worker_database_url is not None
    worker, api = Database(settings.worker_database_url), Database(settings.database_url)
    runner = JobRunner(worker, api, {kind: dying}, clock)
    while True:
        await runner.step()
        clock.at += timedelta(seconds=1)


if __name__ == "__main__":
    asyncio.run(run(os.environ["KIND"], int(os.environ["CHUNKS"])))
