"""Scheduled tasks: each due instant once, by one process, caught up after a downtime, tried again when it fails."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.clock import PARIS, FixedClock
from kit.db.database import Scope, count_statements
from kit.db.retention import forget
from kit.db.schema import KIT
from kit.ids import new_id
from kit.scheduler import MAX_ATTEMPTS, Daily, Every, Monthly, Schedule, Scheduler, Task
from tests.kit.db.sample.tables import note
from tests.postgres import ComponentDatabase, DatabaseFactory

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOURLY = Every(timedelta(hours=1))
instants = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds are naive
schedules = st.one_of(
    st.integers(1, 5000).map(lambda n: Every(timedelta(minutes=n))),
    st.times(datetime.min.time(), time(23, 59)).map(lambda t: Daily(t.replace(second=0, microsecond=0))),
    st.builds(Monthly, st.integers(1, 31), st.just(time(6, 0))),
)


@given(schedules, instants)
def test_the_latest_due_is_past_and_the_next_is_not(schedule: Schedule, now: datetime) -> None:
    latest = schedule.latest(now)
    assert latest <= now < schedule.after(latest)
    assert schedule.latest(latest) == latest
    assert latest.tzinfo is UTC


@given(st.integers(0, 3650))
def test_a_daily_task_keeps_its_legal_hour_across_clock_changes(days: int) -> None:
    due = Daily(time(6, 0)).latest(NOON + timedelta(days=days))
    assert due.astimezone(PARIS).time() == time(6, 0)


async def remember(tx: AsyncConnection, due: datetime) -> None:
    await tx.execute(insert(note).values(id=new_id(), employer="1", text=due.strftime("%d %H:%M")))


async def fail(tx: AsyncConnection, due: datetime) -> None:
    await remember(tx, due)
    raise ValueError("no")


async def notes(sample: ComponentDatabase) -> list[str]:
    async with sample.worker.transaction(Scope.all()) as tx:
        return list((await tx.execute(select(note.c.text).order_by(note.c.id))).scalars())


async def test_each_due_instant_runs_once(database: DatabaseFactory) -> None:
    sample = await database("sample")
    clock = FixedClock(NOON + timedelta(minutes=5))
    scheduler = Scheduler(sample.worker, clock, [Task("hourly", HOURLY, remember)])
    assert await scheduler.tick() == [("hourly", NOON)]
    assert await scheduler.tick() == []
    clock.at += timedelta(hours=1)
    await scheduler.tick()
    assert await notes(sample) == ["01 12:00", "01 13:00"]


async def test_nothing_due_asks_nothing_of_the_database(database: DatabaseFactory) -> None:
    sample = await database("sample")
    scheduler = Scheduler(sample.worker, FixedClock(NOON), [Task("hourly", HOURLY, remember)])
    await scheduler.tick()
    async with count_statements(sample.worker) as n:
        for _ in range(100):
            await scheduler.tick()
    assert n.total == 0


@pytest.mark.parametrize(
    ("every_missed", "expected"),
    [(True, ["01 12:00", "01 13:00", "01 14:00", "01 15:00"]), (False, ["01 12:00", "01 15:00"])],
)
async def test_missed_instants_are_caught_up(
    database: DatabaseFactory, *, every_missed: bool, expected: list[str]
) -> None:
    sample = await database("sample")
    task = Task("hourly", HOURLY, remember, every_missed=every_missed)
    await Scheduler(sample.worker, FixedClock(NOON), [task]).tick()
    restarted = Scheduler(sample.worker, FixedClock(NOON + timedelta(hours=3, minutes=10)), [task])
    await restarted.tick()
    assert await notes(sample) == expected


async def test_many_processes_run_it_once(database: DatabaseFactory) -> None:
    sample = await database("sample")
    every = [Scheduler(sample.worker, FixedClock(NOON), [Task("hourly", HOURLY, remember)]) for _ in range(5)]
    for _ in range(3):
        await asyncio.gather(*(scheduler.tick() for scheduler in every))
    assert await notes(sample) == ["01 12:00"]


async def test_a_process_passes_over_what_another_is_running(database: DatabaseFactory) -> None:
    sample = await database("sample")
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow(tx: AsyncConnection, due: datetime) -> None:
        begun.set()
        await go_on.wait()
        await remember(tx, due)

    first, second = (Scheduler(sample.worker, FixedClock(NOON), [Task("slow", HOURLY, slow)]) for _ in range(2))
    running = asyncio.create_task(first.tick())
    await begun.wait()
    assert await second.tick() == []
    go_on.set()
    assert await running == [("slow", NOON)]
    assert await second.tick() == []
    assert await notes(sample) == ["01 12:00"]


async def test_a_failure_leaves_no_effect_and_is_tried_again_then_given_up(database: DatabaseFactory) -> None:
    sample = await database("sample")
    clock = FixedClock(NOON)
    daily = Daily(time(13, 0))
    scheduler = Scheduler(sample.worker, clock, [Task("bad", daily, fail), Task("good", daily, remember)])
    assert [name for name, _ in await scheduler.tick()] == ["good"]
    assert await scheduler.tick() == []
    for _ in range(MAX_ATTEMPTS + 2):
        clock.at += timedelta(minutes=20)
        await scheduler.tick()
    async with sample.worker.transaction(Scope.all()) as tx:
        run = (await tx.execute(select(KIT.task_run).where(KIT.task_run.c.task == "bad"))).one()
    assert (run.outcome, run.attempts) == ("failed", MAX_ATTEMPTS)
    assert len(await notes(sample)) == 1

    healed = Scheduler(sample.worker, clock, [Task("bad", daily, remember)])
    assert await healed.tick() == []
    clock.at += timedelta(days=1)
    assert len(await healed.tick()) == 1


async def test_the_loop_runs_and_stops(database: DatabaseFactory) -> None:
    sample = await database("sample")
    ran = asyncio.Event()

    async def note_it(_tx: AsyncConnection, _due: datetime) -> None:
        ran.set()

    scheduler = Scheduler(sample.worker, FixedClock(NOON), [Task("hourly", HOURLY, note_it)])
    await scheduler.start()
    loop = scheduler._loop
    await scheduler.start()
    assert scheduler._loop is loop
    async with asyncio.timeout(5):
        await ran.wait()
    await scheduler.stop()
    await scheduler.stop()
    assert loop is not None
    assert loop.done()


async def test_what_is_old_is_forgotten(database: DatabaseFactory) -> None:
    sample = await database("sample")
    job = text(
        "INSERT INTO import_job (id, kind, client, dry_run, options, state, lines, recorded_at, finished_at)"
        " VALUES (gen_random_uuid(), 'k', 'c', false, '{}', :state, 0, :recorded, :finished)"
    )
    answer = text(
        "INSERT INTO idempotency_key (client, key, operation, request_hash, recorded_at)"
        " VALUES ('c', :key, 'o', 'h', :recorded)"
    )
    async with sample.worker.transaction(Scope.all()) as tx:
        for days in (6, 8):
            await tx.execute(answer, {"key": str(days), "recorded": NOON - timedelta(days=days)})
        for state, days, finished in (
            ("done", 100, 89),
            ("done", 100, 91),
            ("receiving", 0, None),
            ("receiving", 2, None),
        ):
            ended = None if finished is None else NOON - timedelta(days=finished)
            await tx.execute(job, {"state": state, "recorded": NOON - timedelta(days=days), "finished": ended})
        await tx.execute(
            insert(KIT.task_run).values(task="t", due_at=NOON, started_at=NOON, attempts=1, outcome="done")
        )
        await forget(tx, NOON)
        counts = [
            (await tx.execute(select(func.count()).select_from(table))).scalar_one()
            for table in (KIT.idempotency_key, KIT.import_job, KIT.task_run)
        ]
    assert counts == [1, 2, 1]
