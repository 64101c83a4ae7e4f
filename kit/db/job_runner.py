"""The worker's side of import jobs: lease a chunk, apply it in the scope of its job's employer, again when it fails."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.clock import Clock
from kit.db import jobs
from kit.db.database import Database, Scope
from kit.db.jobs import Applied, Chunk, Job, Reject
from kit.db.schema import KIT
from kit.events.context import chained
from kit.events.supervise import describe, supervise

IDLE_SECONDS: Final = 1.0
# Options of a job that tie what it publishes to the request that brought the file.
CHAIN: Final = ("correlation", "traceparent")
_JOB, _CHUNK = KIT.import_job, KIT.import_chunk

# Applies the lines of a chunk in the transaction given, and says which it refused.
Handler = Callable[[AsyncConnection, Chunk], Awaitable[Sequence[Reject] | Applied]]

# The earliest chunk of each job, so that a file is applied in its order; young jobs first, so that small ones pass.
_LEASE: Final = text(
    """
    UPDATE import_chunk SET attempts = attempts + 1, not_before = :until
    WHERE (job, number) = (
        SELECT c.job, c.number
        FROM import_job j
        JOIN import_chunk c ON c.job = j.id AND c.number = (SELECT min(number) FROM import_chunk m WHERE m.job = j.id)
        WHERE j.state IN ('waiting', 'running') AND j.kind = ANY (:kinds) AND c.not_before <= :now
        ORDER BY c.number, j.recorded_at
        LIMIT 1
        FOR UPDATE OF c SKIP LOCKED
    )
    RETURNING job, number, attempts
    """
)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Lease:
    """A chunk given to this worker; `attempts` tells it from a later lease of the same chunk."""

    job: UUID
    number: int
    attempts: int


class JobRunner:
    """Applies chunks by the handler of their job's kind.

    `worker` leases and counts; `api` applies, so row-level security holds a file to the employer it was sent for.
    """

    def __init__(self, worker: Database, api: Database, handlers: Mapping[str, Handler], clock: Clock) -> None:
        self._worker, self._api, self._handlers, self._clock = worker, api, dict(handlers), clock
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        if self._task is None and self._handlers:
            self._task = asyncio.create_task(supervise("import jobs", self._run), name="import jobs")

    async def stop(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def step(self) -> bool:
        """Apply one chunk; False when none is due."""
        lease = await self._lease()
        if lease is None:
            return False
        if lease.attempts > jobs.MAX_ATTEMPTS:
            await self._give_up(lease, "traitement interrompu à chaque essai")
            return True
        try:
            await self._apply(lease)
        except Exception as error:  # noqa: BLE001 - a chunk that fails must not stop the others
            log.warning("import_chunk_failed", job=str(lease.job), chunk=lease.number, error=describe(error))
            await self._postpone(lease, f"erreur inattendue ({type(error).__name__})")
        return True

    async def _run(self) -> None:
        while True:
            if not await self.step():
                await asyncio.sleep(IDLE_SECONDS)

    async def _lease(self) -> _Lease | None:
        now = self._clock.instant()
        values = {"now": now, "until": now + jobs.LEASE, "kinds": list(self._handlers)}
        async with self._worker.transaction(Scope.all()) as tx:
            row = (await tx.execute(_LEASE, values)).one_or_none()
        return None if row is None else _Lease(row.job, row.number, row.attempts)

    async def _apply(self, lease: _Lease) -> None:
        async with self._worker.transaction(Scope.all()) as tx:
            job = await jobs.find(tx, lease.job)
        if job is None:
            return
        scope = Scope.all() if job.employer is None else Scope.of(frozenset({job.employer}))
        with chained(**{name: job.options.get(name) for name in CHAIN}):
            async with self._api.transaction(scope) as tx:
                chunk = await _take(tx, lease, job)
                if chunk is not None:
                    refused = await self._handled(tx, chunk)
                    await jobs.finish_chunk(tx, chunk, refused, at=self._clock.instant())

    async def _handled(self, tx: AsyncConnection, chunk: Chunk) -> Sequence[Reject]:
        """The rejects; a dry run's effects are undone and its rejects kept."""
        savepoint = await tx.begin_nested()
        done = await self._handlers[chunk.job.kind](tx, chunk)
        await (savepoint.rollback() if chunk.job.dry_run else savepoint.commit())
        if not isinstance(done, Applied):
            return done
        await done.then(tx)
        return done.refused

    async def _postpone(self, lease: _Lease, error: str) -> None:
        """Give the chunk back for later, or the job up."""
        if lease.attempts >= jobs.MAX_ATTEMPTS:
            await self._give_up(lease, error)
            return
        later = self._clock.instant() + timedelta(seconds=2**lease.attempts)
        async with self._worker.transaction(Scope.all()) as tx:
            await tx.execute(update(_CHUNK).where(_leased(lease)).values(not_before=later))

    async def _give_up(self, lease: _Lease, error: str) -> None:
        """Fail the job, saying which lines stopped it: those before are applied, these and the rest are not."""
        async with self._worker.transaction(Scope.all()) as tx:
            lines = select(_CHUNK.c.first_line, _CHUNK.c.lines).where(_leased(lease))
            stopped = (await tx.execute(lines)).one_or_none()
            if stopped is not None:  # another worker has it since
                first, last = stopped.first_line, stopped.first_line + stopped.lines - 1
                await jobs.fail(tx, lease.job, f"Lignes {first} à {last} : {error}.", at=self._clock.instant())


async def _take(tx: AsyncConnection, lease: _Lease, job: Job) -> Chunk | None:
    """The leased chunk, locked; None when another worker has it since."""
    row = (await tx.execute(select(_CHUNK).where(_leased(lease)).with_for_update())).one_or_none()
    return None if row is None else Chunk(job, row.number, row.first_line, row.lines, bytes(row.content))


def _leased(lease: _Lease) -> ColumnElement[bool]:
    return (_CHUNK.c.job == lease.job) & (_CHUNK.c.number == lease.number) & (_CHUNK.c.attempts == lease.attempts)
