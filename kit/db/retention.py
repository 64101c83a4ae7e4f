"""What the kit itself forgets after a time, as a scheduled task of every component."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.db.schema import KIT
from kit.scheduler import Daily, Task

ANSWERS_KEPT: Final = timedelta(days=7)
JOBS_KEPT: Final = timedelta(days=90)
UNSEALED_JOBS_KEPT: Final = timedelta(days=1)
TASK_RUNS_KEPT: Final = timedelta(days=400)


def retention_task() -> Task:
    """Each night: answers kept for replays, finished imports with their rejects, uploads never completed, old runs."""
    return Task("kit.retention", Daily(time(3, 30)), forget)


async def forget(tx: AsyncConnection, at: datetime) -> None:
    """Delete what is older than its time at the instant `at`."""
    key, job, run = KIT.idempotency_key.c, KIT.import_job.c, KIT.task_run.c
    await tx.execute(delete(KIT.idempotency_key).where(key.recorded_at < at - ANSWERS_KEPT))
    await tx.execute(delete(KIT.import_job).where(job.finished_at < at - JOBS_KEPT))
    unsealed = (job.state == "receiving") & (job.recorded_at < at - UNSEALED_JOBS_KEPT)
    await tx.execute(delete(KIT.import_job).where(unsealed))
    await tx.execute(delete(KIT.task_run).where(run.due_at < at - TASK_RUNS_KEPT))
