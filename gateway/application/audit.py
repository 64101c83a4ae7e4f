"""Writing the audit trail before answers leave, many at a time, and checking that nobody touched it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import msgspec
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import HTTPConnection

from gateway.adapters import audit_trail
from gateway.domain.audit import FIRST, MAX_TEXT, Entry, agent_of, is_id
from kit.db.database import Database, Scope
from kit.events.supervise import describe
from kit.http.problem import Problem
from kit.http.subject import HEADER
from kit.telemetry import current_trace_id

BATCH: Final = 500
WAITING: Final = 5_000
PATIENCE_S: Final = 10.0
RETRY_S: Final = 1.0
NO_HEADERS: Final[Mapping[str, str]] = MappingProxyType({})
log = structlog.get_logger(__name__)
Waiting = tuple[Entry, asyncio.Future[None]]


class _Told(msgspec.Struct):
    """Of an event's JSON, whom it is about; the rest is passed over."""

    data: _About


class _About(msgspec.Struct):
    agent: Any = None


_TOLD: Final = msgspec.json.Decoder(_Told)


def agents_in(events: Iterable[str]) -> tuple[str, ...]:
    """The agents that these events, as JSON, are about: each once, in order."""
    found = {_TOLD.decode(text).data.agent for text in events}
    return tuple(sorted(agent for agent in found if isinstance(agent, str) and is_id(agent)))


def entry_of(
    request: HTTPConnection,
    client: str,
    status: int,
    answer: Mapping[str, str] = NO_HEADERS,
    agents: Iterable[str] = (),
) -> Entry:
    """What the audit trail says of a request whose answer is known and has not left.

    `answer` are its headers; `agents` whom a page tells of.
    """
    scope, headers = request.scope, request.headers
    query = scope["query_string"].decode("latin-1")
    named = {*agents, *(one for one in answer.get(HEADER, "").split(",") if one)}
    agent = agent_of(scope["path"], query, answer.get("location", "")) or (named.pop() if len(named) == 1 else None)
    purpose = headers.get("x-purpose")
    return Entry(
        at=request.app.state.clock.instant(),
        client=client,
        acting=headers.get("x-acting-employer"),
        method=scope["method"],
        path=scope["path"].replace("\0", "\N{REPLACEMENT CHARACTER}")[:MAX_TEXT],
        query=query[:MAX_TEXT],
        agent=agent,
        status=status,
        purpose=None if purpose is None else purpose[:MAX_TEXT],
        trace=current_trace_id(),
        agents=tuple(sorted(named - {agent})),
    )


class AuditWriter:
    """One transaction writes all entries that came while the one before was being committed (group commit)."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._queue: asyncio.Queue[Waiting] = asyncio.Queue(WAITING)
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="audit writer")

    async def stop(self) -> None:
        """Requests have ended before: nothing waits any more."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def record(self, entry: Entry) -> None:
        """Return once the entry is on disk. Raises 503 `audit_unavailable` when it could not be written."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        try:
            self._queue.put_nowait((entry, done))
            async with asyncio.timeout(PATIENCE_S):
                await done
        except (asyncio.QueueFull, TimeoutError) as error:
            log.warning("audit_not_written", error=type(error).__name__)
            raise _unavailable() from error

    async def _run(self) -> None:
        while True:
            batch = [await self._queue.get()]
            while len(batch) < BATCH and not self._queue.empty():
                batch.append(self._queue.get_nowait())
            await self._write(batch)

    async def _write(self, batch: list[Waiting]) -> None:
        written = False
        try:
            async with self._database.transaction(Scope.none()) as tx:
                await audit_trail.append(tx, [entry for entry, _ in batch])
            written = True
        except Exception as error:  # noqa: BLE001 - whatever it is, the writer goes on with the next
            log.warning("audit_not_written", error=describe(error))
        for _, done in batch:
            if done.done():  # given up meanwhile
                continue
            if written:
                done.set_result(None)
            else:
                done.set_exception(_unavailable())


@dataclass(frozen=True, slots=True)
class Verification:
    """`broken` is the first position that is not what it was; `head` the last position and its digest."""

    checked: int
    broken: int | None
    head: str


async def verify(tx: AsyncConnection, noted: str | None = None) -> Verification:
    """Take the whole chain again. `noted` is a head kept elsewhere (`position:digest`): it must still be in it."""
    position, digest, met = 0, FIRST, noted is None
    async for one in audit_trail.every(tx):
        expected = one.entry.digest(position + 1, digest)
        if one.position != position + 1 or one.digest != expected:
            return Verification(position, position + 1, f"{position}:{digest}")
        position, digest = one.position, one.digest
        met = met or noted == f"{position}:{digest}"
    return Verification(position, None if met else position + 1, f"{position}:{digest}")


def _unavailable() -> Problem:
    return Problem(
        503,
        "audit_unavailable",
        "Accès impossible à tracer pour le moment",
        "Access cannot be recorded for the moment",
        detail_fr="La demande a pu être traitée ; rejouez-la avec la même clé d'idempotence.",
        detail_en="The request may have been handled; send it again with the same idempotency key.",
        retry_in=RETRY_S,
    )
