"""`relais run` as a person starts it: a process of its own, a home of its own, a free port."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from relais.ports import free_port
from tests.waiting import until

READY_SECONDS = 90.0
STOP_SECONDS = 20.0


@dataclass(slots=True)
class Command:
    """The command line in a home of its own."""

    home: Path
    port: int
    transport: str = "feed"

    @property
    def gateway(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("RELAIS_")}
        asked = {"RELAIS_HOME": str(self.home), "RELAIS_PORT": str(self.port), "RELAIS_TRANSPORT": self.transport}
        return {**kept, **asked}

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A command that ends by itself."""
        return subprocess.run(
            [sys.executable, "-m", "relais.cli", *arguments],
            check=False,
            capture_output=True,
            text=True,
            env=self.environment,
            timeout=60,
        )

    def start(self, out: int | None = None) -> subprocess.Popen[str]:
        """`relais run`, its words in `<home>.out`, or where `out`, a file descriptor, leads."""
        self.said.parent.mkdir(parents=True, exist_ok=True)
        with self.said.open("w") as file:
            to = file if out is None else out
            return subprocess.Popen(
                [sys.executable, "-m", "relais.cli", "run"], stdout=to, stderr=to, text=True, env=self.environment
            )

    @property
    def said(self) -> Path:
        return self.home.with_suffix(".out")

    def is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.gateway}/health/ready", trust_env=False).status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    def left_behind(self) -> list[str]:
        """Command lines of processes that belong to this home or speak to this gateway."""
        marks = (str(self.home).encode(), self.gateway.encode())
        return [line for pid, line in _processes(marks) if pid != os.getpid()]


@contextmanager
def platform_running(command: Command, out: int | None = None) -> Iterator[subprocess.Popen[str]]:
    """Started and ready; ended with Ctrl-C unless it has ended already. It speaks to `out`, as `Command.start` says."""
    process = command.start(out)
    try:
        until(lambda: command.is_ready() or process.poll() is not None, "readiness", READY_SECONDS)
        assert process.poll() is None, command.said.read_text()
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            raise


def new_command(folder: Path, transport: str = "feed") -> Command:
    return Command(folder / "home", free_port(), transport)


def _processes(marks: tuple[bytes, ...]) -> Iterator[tuple[int, str]]:
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            line = (folder / "cmdline").read_bytes()
            seen = line + (folder / "environ").read_bytes()
        except OSError:
            continue
        if line and any(mark in seen for mark in marks):
            yield int(folder.name), line.replace(b"\0", b" ").decode(errors="replace")
