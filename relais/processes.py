"""The processes of one platform: started apart from the terminal, watched, ended together."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from relais.errors import CommandError
from relais.home import PRIVATE_FILE, Home
from relais.ports import LOOPBACK

STOP_SECONDS = 8.0
LOG_LIMIT_BYTES = 10_000_000
LAST_LINES = 15
CRASHED = 1
NURSERY = "nursery"
GUARD = Path(__file__).with_name("guard.py")


@dataclass(frozen=True, slots=True)
class ProcessPlan:
    """One process to start: its name, the module that is its `__main__`, what its environment adds."""

    name: str
    module: str
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)


class Guard:
    """Our end of the guard's pipe (relais/guard.py)."""

    def __init__(self, lock: int) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own file, our own interpreter
            [sys.executable, "-I", "-S", str(GUARD)],
            stdin=subprocess.PIPE,
            text=True,
            bufsize=1,
            start_new_session=True,
            pass_fds=(lock,),
        )

    def watch(self, pid: int, number: int = signal.SIGTERM) -> None:
        self._say(f"+ {pid} {int(number)}")

    def forget(self, pid: int) -> None:
        self._say(f"- {pid}")

    def close(self) -> None:
        """Let it end what is still listed, and wait for it."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()

    def _say(self, order: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(order + "\n")


@dataclass(slots=True)
class Child:
    """A process that was started; `ended` is its exit status, negative for a signal."""

    pid: int
    ended: asyncio.Future[int]

    def send(self, number: int) -> None:
        """Send a signal, unless it is over."""
        if not self.ended.done():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)


class Processes:
    """The processes started so far, children of the nursery (relais/nursery.py), by name."""

    def __init__(self, home: Home, guard: Guard, nursery: tuple[asyncio.StreamReader, asyncio.StreamWriter]) -> None:
        self._home = home
        self._guard = guard
        self._news, self._orders = nursery
        self._children: dict[str, Child] = {}
        self._awaited: dict[str, asyncio.Future[int]] = {}
        self._listening = asyncio.create_task(self._listen())

    async def start(self, plan: ProcessPlan) -> None:
        """Start one process in a session of its own, its output in the log of its name.

        Raises CommandError when the nursery is gone.
        """
        if self._listening.done():
            raise self._obituary(NURSERY, CRASHED)
        log = self._home.log(plan.name)
        _set_aside(log)
        order = {"start": plan.name, "module": plan.module, "environment": dict(plan.environment), "log": str(log)}
        started = self._awaited[plan.name] = asyncio.get_running_loop().create_future()
        self._orders.write(json.dumps(order).encode() + b"\n")
        await started

    def pids(self) -> dict[str, int]:
        return {name: child.pid for name, child in self._children.items()}

    async def until_one_ends(self) -> CommandError:
        """Wait until a process ends by itself, and say which one and what it wrote last."""
        ends = {child.ended: name for name, child in self._children.items()}
        done, _ = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        ended = next(iter(done))
        return self._obituary(ends[ended], ended.result())

    async def stop(self) -> None:
        """End all, together: SIGTERM, then SIGKILL for those still there after a bounded wait."""
        for child in self._children.values():
            child.send(signal.SIGTERM)
        await asyncio.gather(*(self._end(child) for child in self._children.values()))
        self._children.clear()

    async def close(self) -> None:
        """End all, then the nursery."""
        await self.stop()
        self._orders.close()
        await self._listening

    async def _end(self, child: Child) -> None:
        try:
            await asyncio.wait_for(asyncio.shield(child.ended), STOP_SECONDS)
        except TimeoutError:
            child.send(signal.SIGKILL)
            await child.ended
        self._guard.forget(child.pid)

    async def _listen(self) -> None:
        """Take the nursery's news until it is gone."""
        # A nursery that dies with orders unread resets the connection: the same end, told another way.
        with contextlib.suppress(ConnectionResetError):
            async for line in self._news:
                self._take(json.loads(line))
        for started in self._awaited.values():
            # Whoever waited may have been told to stop meanwhile.
            if not started.done():
                started.set_exception(self._obituary(NURSERY, CRASHED))
        for child in self._children.values():
            if not child.ended.done():
                # Nobody tells us of its end any more: it must not serve on without us.
                child.send(signal.SIGKILL)
                child.ended.set_result(-signal.SIGKILL)

    def _take(self, news: dict[str, Any]) -> None:
        if "started" in news:
            name = news["started"]
            self._guard.watch(news["pid"])
            self._children[name] = Child(news["pid"], asyncio.get_running_loop().create_future())
            if not (started := self._awaited.pop(name)).done():
                started.set_result(news["pid"])
        elif (child := self._children.get(news["ended"])) is not None:
            child.ended.set_result(news["status"])

    def _obituary(self, name: str, status: int) -> CommandError:
        how = f"signal {signal.Signals(-status).name}" if status < 0 else f"code {status}"
        return CommandError(obituary(f"Le processus « {name} » s'est arrêté ({how})", self._home.log(name)), CRASHED)


@asynccontextmanager
async def nursery(home: Home, lock: int, modules: Sequence[str]) -> AsyncIterator[Processes]:
    """Processes that can be started, all ended afterwards. `modules` are what the processes will run."""
    guard = Guard(lock)
    ours, theirs = socket.socketpair()
    log = home.log(NURSERY)
    _set_aside(log)
    _make_private(log)
    with theirs, log.open("ab") as words:
        started = subprocess.Popen(  # noqa: ASYNC220, S603 - our own module; Popen returns at once
            [sys.executable, "-m", "relais.nursery", *modules],
            env=inherited_environment(),
            stdin=theirs.fileno(),
            stdout=words,
            stderr=words,
            start_new_session=True,
        )
    guard.watch(started.pid, signal.SIGKILL)
    processes = Processes(home, guard, await asyncio.open_connection(sock=ours))
    try:
        yield processes
    finally:
        await processes.close()
        await asyncio.to_thread(started.wait)
        guard.forget(started.pid)
        guard.close()
        _drop_if_empty(log)


def inherited_environment() -> dict[str, str]:
    """The environment a process gets from ours: all but our own settings, which belong to the command.

    A proxy for the outside stays one for the outside: the processes speak to each other directly.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RELAIS_")}
    for name in ("no_proxy", "NO_PROXY"):
        kept[name] = ",".join(filter(None, (kept.get(name), LOOPBACK, "localhost")))
    return kept


def obituary(what: str, log: Path) -> str:
    """What ended, and its last words."""
    words = "\n".join(f"  {line}" for line in last_lines(log))
    return f"{what} ; tout s'arrête. Fin de son journal {log} :\n{words}"


def last_lines(path: Path, count: int = LAST_LINES) -> list[str]:
    """The end of a log."""
    if not path.exists():
        return []
    return path.read_text(errors="replace").splitlines()[-count:]


def _set_aside(log: Path) -> None:
    """A log that has grown long makes place for a new one."""
    if log.exists() and log.stat().st_size > LOG_LIMIT_BYTES:
        log.replace(log.with_suffix(".log.1"))


def _make_private(log: Path) -> None:
    """There, and for its owner's eyes, before anything is written."""
    log.touch(mode=PRIVATE_FILE)


def _drop_if_empty(log: Path) -> None:
    if log.stat().st_size == 0:
        log.unlink()
