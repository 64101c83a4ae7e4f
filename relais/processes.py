"""The processes of one platform: started apart from the terminal, watched, ended together."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from relais.errors import CommandError
from relais.home import Home

STOP_SECONDS = 8.0
LOG_LIMIT_BYTES = 10_000_000
LAST_LINES = 15
CRASHED = 1
GUARD = Path(__file__).with_name("guard.py")


@dataclass(frozen=True, slots=True)
class ProcessPlan:
    """One process to start: its name, its command line, what its environment adds."""

    name: str
    command: tuple[str, ...]
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


class Processes:
    """The processes started so far. One that ends by itself ends the wait of `until_one_ends`."""

    def __init__(self, home: Home, guard: Guard) -> None:
        self._home = home
        self._guard = guard
        self._running: dict[str, asyncio.subprocess.Process] = {}

    async def start(self, plan: ProcessPlan) -> None:
        """Start one process in a session of its own, its output in the log of its name."""
        with self._log(plan.name) as log:
            process = await asyncio.create_subprocess_exec(
                *plan.command,
                env={**inherited_environment(), **plan.environment},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._guard.watch(process.pid)
        self._running[plan.name] = process

    def pids(self) -> dict[str, int]:
        return {name: process.pid for name, process in self._running.items()}

    async def until_one_ends(self) -> CommandError:
        """Wait until a process ends by itself, and say which one and what it wrote last."""
        waits = {asyncio.create_task(process.wait(), name=name): name for name, process in self._running.items()}
        try:
            done, _ = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waits:
                task.cancel()
        ended = next(iter(done))
        return self._obituary(waits[ended], ended.result())

    async def stop(self) -> None:
        """End all, together: SIGTERM, then SIGKILL for those still there after a bounded wait."""
        for process in self._running.values():
            if process.returncode is None:
                process.terminate()
        await asyncio.gather(*(self._end(process) for process in self._running.values()))
        self._running.clear()

    async def _end(self, process: asyncio.subprocess.Process) -> None:
        try:
            await asyncio.wait_for(process.wait(), STOP_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()
        self._guard.forget(process.pid)

    def _obituary(self, name: str, status: int) -> CommandError:
        how = f"signal {signal.Signals(-status).name}" if status < 0 else f"code {status}"
        path = self._home.log(name)
        return CommandError(
            f"Le processus « {name} » s'est arrêté ({how}) ; tout s'arrête. Fin de son journal {path} :\n"
            + "\n".join(f"  {line}" for line in last_lines(path)),
            CRASHED,
        )

    def _log(self, name: str) -> IO[bytes]:
        path = self._home.log(name)
        if path.exists() and path.stat().st_size > LOG_LIMIT_BYTES:
            path.replace(path.with_suffix(".log.1"))
        return path.open("ab")


def inherited_environment() -> dict[str, str]:
    """The environment a process gets from ours: all but our own settings, which belong to the command."""
    return {name: value for name, value in os.environ.items() if not name.startswith("RELAIS_")}


def last_lines(path: Path, count: int = LAST_LINES) -> list[str]:
    """The end of a log."""
    if not path.exists():
        return []
    return path.read_text(errors="replace").splitlines()[-count:]
