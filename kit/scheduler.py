"""Tasks that fall due: each due instant is run once, by one process, in the transaction that records it.

After a downtime the missed instants are caught up, each or only the latest. A task that fails is tried again with
growing pauses, then given up for that instant and left in `task_run` as failed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Final, Protocol

import structlog
from sqlalchemy import Row, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.clock import PARIS, Clock
from kit.db.database import Database, Scope
from kit.db.schema import KIT
from kit.events.supervise import describe, supervise
from kit.period import add_months

TICK_SECONDS: Final = 1.0
MAX_ATTEMPTS: Final = 5
# A year of a daily task, and a little more.
CATCH_UP_LIMIT: Final = 400
ONE_DAY: Final = timedelta(days=1)

_RUN = KIT.task_run
_LOCK: Final = text("SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 0))")

log = structlog.get_logger(__name__)


class Schedule(Protocol):
    """When something is due."""

    def latest(self, now: datetime) -> datetime:
        """The last due instant not after `now`."""
        ...

    def after(self, due: datetime) -> datetime:
        """The due instant that follows `due`."""
        ...


@dataclass(frozen=True, slots=True)
class Every:
    """At each multiple of an interval since 1970.

    >>> Every(timedelta(minutes=15)).latest(datetime(2026, 1, 1, 10, 20, tzinfo=UTC)).isoformat()
    '2026-01-01T10:15:00+00:00'
    """

    interval: timedelta

    def latest(self, now: datetime) -> datetime:
        since = now - datetime(1970, 1, 1, tzinfo=UTC)
        return now - since % self.interval

    def after(self, due: datetime) -> datetime:
        return due + self.interval


@dataclass(frozen=True, slots=True)
class Daily:
    """Each day at a time of Europe/Paris.

    >>> Daily(time(2, 0)).after(datetime(2026, 3, 28, 1, 0, tzinfo=UTC)).isoformat()
    '2026-03-29T01:00:00+00:00'
    """

    at: time

    def latest(self, now: datetime) -> datetime:
        day = now.astimezone(PARIS).date()
        due = _paris(datetime.combine(day, self.at))
        return due if due <= now else _paris(datetime.combine(day - ONE_DAY, self.at))

    def after(self, due: datetime) -> datetime:
        return _paris(datetime.combine(due.astimezone(PARIS).date() + ONE_DAY, self.at))


@dataclass(frozen=True, slots=True)
class Monthly:
    """Each month on a day of it, its last one when it is shorter, at a time of Europe/Paris.

    >>> Monthly(31, time(6, 0)).after(datetime(2026, 1, 31, 5, 0, tzinfo=UTC)).isoformat()
    '2026-02-28T05:00:00+00:00'
    """

    day: int
    at: time

    def latest(self, now: datetime) -> datetime:
        due = self._of(now, 0)
        return due if due <= now else self._of(now, -1)

    def after(self, due: datetime) -> datetime:
        return self._of(due, 1)

    def _of(self, instant: datetime, months: int) -> datetime:
        first = add_months(instant.astimezone(PARIS).date().replace(day=1), months)
        last = add_months(first, 1) - ONE_DAY
        return _paris(datetime.combine(first.replace(day=min(self.day, last.day)), self.at))


# Receives the worker's transaction, in which the run is recorded, and the due instant.
Run = Callable[[AsyncConnection, datetime], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do at due instants. `every_missed`: after a downtime, run each missed instant or the latest only."""

    name: str
    schedule: Schedule
    run: Run
    every_missed: bool = False

    def due(self, last: datetime | None, now: datetime) -> list[datetime]:
        """The instants to run, oldest first, after the `last` one settled; the first time, the latest."""
        latest = self.schedule.latest(now)
        if last is None or not self.every_missed:
            return [latest] if last is None or latest > last else []
        found: list[datetime] = []
        instant = self.schedule.after(last)
        while instant <= now and len(found) < CATCH_UP_LIMIT:
            found.append(instant)
            instant = self.schedule.after(instant)
        return found


@dataclass(slots=True)
class Scheduler:
    """Runs the tasks of one component; any number of processes may hold one."""

    database: Database
    clock: Clock
    tasks: Sequence[Task]
    # Before this instant the database need not be asked.
    _quiet_until: dict[str, datetime] = field(default_factory=dict)
    _loop: asyncio.Task[None] | None = None

    async def start(self) -> None:
        names = [task.name for task in self.tasks]
        assert len(set(names)) == len(names), "two tasks have one name"
        if self._loop is None and names:
            self._loop = asyncio.create_task(supervise("scheduler", self._run), name="scheduler")

    async def stop(self) -> None:
        loop, self._loop = self._loop, None
        if loop is not None:
            loop.cancel()
            await asyncio.gather(loop, return_exceptions=True)

    async def tick(self) -> list[tuple[str, datetime]]:
        """Run what is due now; the tasks run to their end, with their due instants."""
        ran: list[tuple[str, datetime]] = []
        for task in self.tasks:
            while await self._step(task, ran):
                pass
        return ran

    async def _run(self) -> None:
        while True:
            await self.tick()
            await asyncio.sleep(TICK_SECONDS)

    async def _step(self, task: Task, ran: list[tuple[str, datetime]]) -> bool:
        """Run one due instant of a task; whether another may be due."""
        now = self.clock.instant()
        if now < self._quiet_until.get(task.name, now):
            return False
        due: datetime | None = None
        try:
            async with self.database.transaction(Scope.all()) as tx:
                if not (await tx.execute(_LOCK, {"name": f"task:{task.name}"})).scalar_one():
                    return False  # another process is at it
                due = await self._next(tx, task, now)
                if due is None:
                    return False
                await task.run(tx, due)
                await _note(tx, task, due, started=now, finished=self.clock.instant(), outcome="done")
        except Exception as error:  # noqa: BLE001 - a task that fails must not stop the others
            log.warning("task_failed", task=task.name, due=str(due), error=describe(error))
            if due is not None:
                await self._failed(task, due, now)
            return False
        ran.append((task.name, due))
        return True

    async def _next(self, tx: AsyncConnection, task: Task, now: datetime) -> datetime | None:
        """The instant to run now, or None, remembering until when nothing will be."""
        query = select(_RUN).where(_RUN.c.task == task.name).order_by(_RUN.c.due_at.desc()).limit(1)
        last = (await tx.execute(query)).one_or_none()
        if last is not None and last.outcome == "failed" and last.attempts < MAX_ATTEMPTS:
            due, quiet_until = [last.due_at], _retry_at(last)
        else:
            due = task.due(None if last is None else last.due_at, now)
            quiet_until = now if due else task.schedule.after(task.schedule.latest(now))
        self._quiet_until[task.name] = quiet_until
        return due[0] if quiet_until <= now else None

    async def _failed(self, task: Task, due: datetime, started: datetime) -> None:
        async with self.database.transaction(Scope.all()) as tx:
            await _note(tx, task, due, started=started, finished=self.clock.instant(), outcome="failed")


async def _note(
    tx: AsyncConnection, task: Task, due: datetime, *, started: datetime, finished: datetime, outcome: str
) -> None:
    changes = {"started_at": started, "finished_at": finished, "outcome": outcome}
    new = insert(_RUN).values(task=task.name, due_at=due, attempts=1, **changes)
    again = {**changes, "attempts": _RUN.c.attempts + 1}
    await tx.execute(new.on_conflict_do_update(index_elements=["task", "due_at"], set_=again))


def _retry_at(failed: Row[tuple[object, ...]]) -> datetime:
    """Half a minute after the first failure, then twice as long each time."""
    finished: datetime = failed.finished_at
    return finished + timedelta(seconds=15 * 2**failed.attempts)


def _paris(local: datetime) -> datetime:
    return local.replace(tzinfo=PARIS).astimezone(UTC)
