"""Import jobs: a file cut into chunks, applied one after the other by whichever worker is free.

The API writes chunks in transactions of its own (`create`, `add_chunk`, `seal`); `kit/db/job_runner.py` applies them.
A chunk's effects, its rejects and its disappearance commit together, so a killed worker neither loses nor doubles one.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.db.schema import KIT
from kit.ids import new_id

CHUNK_LINES: Final = 1_000
MAX_CHUNKS: Final = 10_000
# Rejects kept per job; further ones are counted only.
MAX_REJECTS: Final = 10_000
MAX_ATTEMPTS: Final = 5
# A worker that has not begun its chunk after this long is taken for dead, and another gets it. Once begun, the chunk is
# locked for as long as its transaction lives.
LEASE: Final = timedelta(seconds=15)

_JOB, _CHUNK, _REJECT = KIT.import_job, KIT.import_chunk, KIT.import_reject


class TooManyChunksError(ValueError):
    """The file is larger than a job takes (MAX_CHUNKS)."""


@dataclass(frozen=True, slots=True)
class Job:
    """An import. `state` goes receiving → waiting → running → done, or failed. `employer` None is for staff."""

    id: UUID
    kind: str
    client: str
    employer: str | None
    dry_run: bool
    options: dict[str, Any]
    state: str
    lines: int
    accepted: int
    rejected: int
    error: str | None
    recorded_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class Chunk:
    """Consecutive lines of a job, as received. `first_line` counts from 1 in the whole file."""

    job: Job
    number: int
    first_line: int
    lines: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Reject:
    """A line refused: where in it (JSON pointer or column), why. Never what it holds."""

    line: int
    pointer: str
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of a chunk: its rejects, and what is written even where a dry run undoes the rest.

    `then` is where the next chunk takes up, in formats whose lines only mean something after those before them.
    """

    refused: Sequence[Reject]
    then: Callable[[AsyncConnection], Awaitable[None]]


async def create(
    tx: AsyncConnection,
    *,
    kind: str,
    client: str,
    employer: str | None,
    dry_run: bool,
    options: dict[str, Any],
    at: datetime,
) -> UUID:
    """A new job, receiving its chunks."""
    job = new_id()
    values = {"kind": kind, "client": client, "employer": employer, "dry_run": dry_run, "options": options}
    await tx.execute(insert(_JOB).values(id=job, state="receiving", lines=0, recorded_at=at, **values))
    return job


async def add_chunk(
    tx: AsyncConnection, job: UUID, number: int, *, first_line: int, lines: int, content: bytes, at: datetime
) -> None:
    """Store chunk `number` (from 0); the same number twice is stored once. Raises TooManyChunksError."""
    if number >= MAX_CHUNKS:
        raise TooManyChunksError
    row = {"job": job, "number": number, "first_line": first_line, "lines": lines, "content": content}
    await tx.execute(upsert(_CHUNK).values(not_before=at, **row).on_conflict_do_nothing())


async def seal(tx: AsyncConnection, job: UUID, *, at: datetime) -> None:
    """All chunks are in: workers may begin. A job without lines is done at once."""
    lines = select(func.coalesce(func.sum(_CHUNK.c.lines), 0)).where(_CHUNK.c.job == job).scalar_subquery()
    receiving = (_JOB.c.id == job) & (_JOB.c.state == "receiving")
    sealed = update(_JOB).where(receiving).values(state="waiting", lines=lines).returning(_JOB.c.lines)
    if (await tx.execute(sealed)).scalar() == 0:
        await tx.execute(update(_JOB).where(_JOB.c.id == job).values(state="done", finished_at=at))


async def find(tx: AsyncConnection, job: UUID) -> Job | None:
    """The job and its progress, when it is in scope."""
    row = (await tx.execute(select(_JOB).where(_JOB.c.id == job))).mappings().one_or_none()
    return None if row is None else Job(**row)


async def latest(tx: AsyncConnection, kind: str, limit: int, before: UUID | None = None) -> list[Job]:
    """Jobs of a kind in scope, the latest first."""
    query = select(_JOB).where(_JOB.c.kind == kind).order_by(_JOB.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(_JOB.c.id < before)
    return [Job(**row) for row in (await tx.execute(query)).mappings()]


async def rejects(tx: AsyncConnection, job: UUID, *, after_line: int = 0, limit: int = 200) -> Sequence[Reject]:
    """The lines refused after `after_line`, in the order of the file."""
    columns = (_REJECT.c.line, _REJECT.c.pointer, _REJECT.c.code, _REJECT.c.detail)
    query = select(*columns).where((_REJECT.c.job == job) & (_REJECT.c.line > after_line))
    rows = await tx.execute(query.order_by(_REJECT.c.line, _REJECT.c.pointer).limit(limit))
    return [Reject(*row) for row in rows]


async def finish_chunk(tx: AsyncConnection, chunk: Chunk, refused: Sequence[Reject], *, at: datetime) -> None:
    """In the transaction of the chunk's effects: forget the chunk, keep its rejects, count, close the job."""
    job = chunk.job
    room = max(0, MAX_REJECTS - job.rejected)
    if refused[:room]:
        rows = [
            {"job": job.id, "line": r.line, "pointer": r.pointer, "code": r.code, "detail": r.detail} for r in refused
        ]
        await tx.execute(upsert(_REJECT).on_conflict_do_nothing(), rows[:room])
    await tx.execute(delete(_CHUNK).where((_CHUNK.c.job == job.id) & (_CHUNK.c.number == chunk.number)))
    lines = len({reject.line for reject in refused})
    counted = {"accepted": _JOB.c.accepted + chunk.lines - lines, "rejected": _JOB.c.rejected + lines}
    left = (await tx.execute(select(_CHUNK.c.number).where(_CHUNK.c.job == job.id).limit(1))).scalar()
    state = {"state": "running"} if left is not None else {"state": "done", "finished_at": at}
    await tx.execute(update(_JOB).where(_JOB.c.id == job.id).values(**counted, **state))


async def fail(tx: AsyncConnection, job: UUID, error: str, *, at: datetime) -> None:
    """Give a job up: its chunks go, what was applied stays, `error` says what kind of failure it was."""
    await tx.execute(delete(_CHUNK).where(_CHUNK.c.job == job))
    await tx.execute(update(_JOB).where(_JOB.c.id == job).values(state="failed", error=error, finished_at=at))


def cut(lines: Iterable[bytes], size: int = CHUNK_LINES) -> Iterator[tuple[int, int, bytes]]:
    r"""Lines as (first line number, number of lines, content), `size` lines at a time.

    >>> list(cut([b"a\n", b"b\n", b"c\n"], size=2))
    [(1, 2, b'a\nb\n'), (3, 1, b'c\n')]
    """
    held: list[bytes] = []
    first = 1
    for line in lines:
        held.append(line)
        if len(held) == size:
            yield first, size, b"".join(held)
            first, held = first + size, []
    if held:
        yield first, len(held), b"".join(held)
