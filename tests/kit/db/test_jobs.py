"""Import jobs: chunks in order, each once, in the scope of the employer, whatever fails on the way."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.clock import FixedClock
from kit.db import jobs
from kit.db.database import Scope
from kit.db.job_runner import JobRunner
from kit.db.jobs import Chunk, Job, Reject
from kit.db.schema import KIT
from kit.ids import new_id
from tests.kit.db.sample.tables import note
from tests.postgres import ComponentDatabase, DatabaseFactory

ONE, TWO = "11111111111111", "22222222222222"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


async def import_notes(tx: AsyncConnection, chunk: Chunk) -> Sequence[Reject]:
    """Each line is a note; an empty one is refused."""
    refused = []
    for number, line in enumerate(chunk.content.decode().splitlines(), start=chunk.first_line):
        if line:
            await tx.execute(insert(note).values(id=new_id(), employer=chunk.job.options["employer"], text=line))
        else:
            refused.append(Reject(number, "/text", "missing", "ligne vide"))
    return refused


async def failing(_tx: AsyncConnection, _chunk: Chunk) -> Sequence[Reject]:
    raise ValueError("what the line held")


def runner(sample: ComponentDatabase, clock: FixedClock) -> JobRunner:
    return JobRunner(sample.worker, sample.api, {"notes": import_notes, "failing": failing}, clock)


async def submit(
    sample: ComponentDatabase,
    lines: Sequence[str],
    *,
    size: int = 2,
    kind: str = "notes",
    dry_run: bool = False,
    writes_for: str = ONE,
) -> UUID:
    """Submit a file for employer ONE."""
    scope = Scope.of(frozenset({ONE}))
    options = {"employer": writes_for}
    async with sample.api.transaction(scope) as tx:
        job = await jobs.create(tx, kind=kind, client="hris", employer=ONE, dry_run=dry_run, options=options, at=NOON)
    for number, (first, count, content) in enumerate(jobs.cut([f"{line}\n".encode() for line in lines], size)):
        async with sample.api.transaction(scope) as tx:
            await jobs.add_chunk(tx, job, number, first_line=first, lines=count, content=content, at=NOON)
    async with sample.api.transaction(scope) as tx:
        await jobs.seal(tx, job, at=NOON)
    return job


async def state(sample: ComponentDatabase, job: UUID) -> Job:
    async with sample.api.transaction(Scope.of(frozenset({ONE}))) as tx:
        found = await jobs.find(tx, job)
    assert found is not None
    return found


async def notes(sample: ComponentDatabase) -> list[str]:
    async with sample.worker.transaction(Scope.all()) as tx:
        return list((await tx.execute(select(note.c.text).order_by(note.c.id))).scalars())


async def drain(runner: JobRunner) -> int:
    steps = 0
    while await runner.step():
        steps += 1
        assert steps < 100
    return steps


async def test_a_file_goes_in_and_its_rejects_come_out(database: DatabaseFactory) -> None:
    sample = await database("sample")
    job = await submit(sample, ["a", "", "b", "c", ""])
    assert (await state(sample, job)).state == "waiting"

    work = runner(sample, FixedClock(NOON))
    assert await work.step()
    assert ((await state(sample, job)).state, (await state(sample, job)).accepted) == ("running", 1)
    assert await drain(work) == 2

    done = await state(sample, job)
    assert (done.state, done.lines, done.accepted, done.rejected) == ("done", 5, 3, 2)
    assert done.finished_at == NOON
    assert await notes(sample) == ["a", "b", "c"]
    async with sample.api.transaction(Scope.of(frozenset({ONE}))) as tx:
        found = await jobs.rejects(tx, job)
        assert found == [Reject(n, "/text", "missing", "ligne vide") for n in (2, 5)]
        assert await jobs.rejects(tx, job, after_line=2, limit=1) == found[1:]
    async with sample.worker.transaction(Scope.all()) as tx:
        assert (await tx.execute(select(func.count()).select_from(KIT.import_chunk))).scalar_one() == 0


async def test_another_employer_sees_nothing_of_it(database: DatabaseFactory) -> None:
    sample = await database("sample")
    job = await submit(sample, ["a", ""])
    await drain(runner(sample, FixedClock(NOON)))
    async with sample.api.transaction(Scope.of(frozenset({TWO}))) as tx:
        assert await jobs.find(tx, job) is None
        assert await jobs.rejects(tx, job) == []


async def test_a_dry_run_says_the_same_and_changes_nothing(database: DatabaseFactory) -> None:
    sample = await database("sample")
    job = await submit(sample, ["a", "", "b"], dry_run=True)
    await drain(runner(sample, FixedClock(NOON)))
    done = await state(sample, job)
    assert (done.state, done.accepted, done.rejected) == ("done", 2, 1)
    assert await notes(sample) == []


async def test_a_file_cannot_write_for_another_employer(database: DatabaseFactory) -> None:
    sample = await database("sample")
    clock = FixedClock(NOON)
    job = await submit(sample, ["a"], writes_for=TWO)
    work = runner(sample, clock)
    for _ in range(jobs.MAX_ATTEMPTS):
        assert await work.step()
        clock.at += timedelta(minutes=1)
    assert (await state(sample, job)).state == "failed"
    assert await notes(sample) == []


async def test_a_failing_chunk_is_tried_again_later_then_given_up(database: DatabaseFactory) -> None:
    sample = await database("sample")
    clock = FixedClock(NOON)
    job = await submit(sample, ["a"], kind="failing")
    other = await submit(sample, ["b"])
    work = runner(sample, clock)
    assert await drain(work) == 2
    assert (await state(sample, other)).state == "done"
    for _ in range(jobs.MAX_ATTEMPTS - 1):
        assert not await work.step()
        clock.at += timedelta(seconds=2**jobs.MAX_ATTEMPTS)
        assert await work.step()
    failed = await state(sample, job)
    assert (failed.state, failed.error) == ("failed", "Lignes 1 à 1 : erreur inattendue (ValueError).")
    assert not await work.step()


async def test_a_chunk_of_a_lost_worker_is_given_to_another_and_in_the_end_given_up(database: DatabaseFactory) -> None:
    sample = await database("sample")
    clock = FixedClock(NOON)
    job = await submit(sample, ["a", "b", "c"])
    lost = runner(sample, clock)
    assert await lost._lease() is not None
    assert not await runner(sample, clock).step()
    clock.at += jobs.LEASE
    assert await drain(runner(sample, clock)) == 2
    assert (await state(sample, job)).state == "done"
    assert await notes(sample) == ["a", "b", "c"]

    doomed = await submit(sample, ["x"])
    for _ in range(jobs.MAX_ATTEMPTS):
        assert await lost._lease() is not None
        clock.at += jobs.LEASE
    assert await runner(sample, clock).step()
    assert ((await state(sample, doomed)).state, (await state(sample, doomed)).error) == (
        "failed",
        "Lignes 1 à 1 : traitement interrompu à chaque essai.",
    )


async def test_a_worker_that_comes_back_too_late_applies_nothing(database: DatabaseFactory) -> None:
    sample = await database("sample")
    clock = FixedClock(NOON)
    await submit(sample, ["a"])
    slow = runner(sample, clock)
    lease = await slow._lease()
    assert lease is not None
    clock.at += jobs.LEASE
    assert await runner(sample, clock).step()
    await slow._apply(lease)
    assert await notes(sample) == ["a"]


async def test_many_workers_apply_each_chunk_once_and_each_file_in_its_order(database: DatabaseFactory) -> None:
    sample = await database("sample")
    expected = [f"{file}-{line}" for file in range(4) for line in range(10)]
    submitted = [await submit(sample, [f"{file}-{line}" for line in range(10)]) for file in range(4)]
    await asyncio.gather(*(_work_until_done(sample, submitted) for _ in range(3)))
    found = await notes(sample)
    assert sorted(found) == sorted(expected)
    for file in range(4):
        assert [text for text in found if text.startswith(f"{file}-")] == [f"{file}-{line}" for line in range(10)]


async def _work_until_done(sample: ComponentDatabase, submitted: Sequence[UUID]) -> None:
    work = runner(sample, FixedClock(NOON))
    for _ in range(500):
        if not await work.step() and all([(await state(sample, job)).state == "done" for job in submitted]):
            return
    raise AssertionError("the jobs do not end")


async def test_the_loop_applies_and_stops(database: DatabaseFactory) -> None:
    sample = await database("sample")
    applied = asyncio.Event()

    async def note_it(_tx: AsyncConnection, _chunk: Chunk) -> Sequence[Reject]:
        applied.set()
        return []

    await submit(sample, ["a"])
    work = JobRunner(sample.worker, sample.api, {"notes": note_it}, FixedClock(NOON))
    await work.start()
    loop = work._task
    await work.start()
    assert work._task is loop
    async with asyncio.timeout(5):
        await applied.wait()
    await work.stop()
    await work.stop()
    assert loop is not None
    assert loop.done()


async def test_an_empty_file_is_done_at_once_and_a_huge_one_is_refused(database: DatabaseFactory) -> None:
    sample = await database("sample")
    job = await submit(sample, [])
    assert (await state(sample, job)).state == "done"
    with pytest.raises(jobs.TooManyChunksError):
        async with sample.api.transaction(Scope.of(frozenset({ONE}))) as tx:
            await jobs.add_chunk(tx, job, jobs.MAX_CHUNKS, first_line=1, lines=1, content=b"x", at=NOON)
