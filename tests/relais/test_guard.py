"""The guard ends what the supervisor left, and only that."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from relais import guard
from relais.home import Home, alive
from tests.waiting import until

STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(60)"
SUPERVISOR = textwrap.dedent(
    """
    import subprocess, sys, time
    from pathlib import Path
    from relais.home import Home
    from relais.processes import Guard
    home = Home(Path(sys.argv[1]))
    home.prepare()
    with home.held() as lock:
        guard = Guard(lock)
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
        guard.watch(child.pid)
        print(child.pid, flush=True)
        time.sleep(60)
    """
)


def gone(pid: int) -> bool:
    """Whether a process is over; one that waits to be reaped is."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True


def test_a_killed_supervisor_leaves_nothing_and_frees_its_home(tmp_path: Path) -> None:
    supervisor = subprocess.Popen(
        [sys.executable, "-c", SUPERVISOR, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=Path.cwd()
    )
    assert supervisor.stdout is not None
    child = int(supervisor.stdout.readline())
    assert not gone(child)
    supervisor.kill()
    supervisor.wait()
    until(lambda: gone(child), "the child's end")
    with Home(tmp_path).held():
        assert Home(tmp_path).lock.exists()


def test_a_process_that_ignores_its_signal_is_forced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "GRACE_SECONDS", 0.2)
    child = subprocess.Popen([sys.executable, "-c", STUBBORN], stdout=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.readline()
    guard.end({child.pid: signal.SIGTERM})
    assert child.wait() == -signal.SIGKILL


def test_a_process_forgotten_is_left_alone() -> None:
    orders = [f"+ {os.getpid()} {int(signal.SIGKILL)}", f"- {os.getpid()}"]
    guard.end(guard.read_orders(orders))
    assert alive(os.getpid())
