"""Processes are started apart, watched, and ended together."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from relais import processes as module
from relais.home import Home, alive
from relais.processes import Guard, Processes, ProcessPlan, inherited_environment
from tests.waiting import eventually

WAITING = "import time; print('started', flush=True); time.sleep(60)"
DEAF = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('started', flush=True); time.sleep(60)"
)


def plan(name: str, code: str) -> ProcessPlan:
    return ProcessPlan(name, (sys.executable, "-c", code), {"RELAIS_PORT": "1"})


@pytest.fixture
def home(tmp_path: Path) -> Home:
    found = Home(tmp_path)
    found.prepare()
    return found


@pytest.fixture
def guard(home: Home) -> Iterator[Guard]:
    with home.held() as lock:
        guard = Guard(lock)
        yield guard
        guard.close()


@pytest.fixture
async def processes(home: Home, guard: Guard) -> AsyncIterator[Processes]:
    found = Processes(home, guard)
    yield found
    await found.stop()


async def started(home: Home, name: str) -> None:
    async def said_so() -> bool:
        return home.log(name).exists() and "started" in home.log(name).read_text()

    await eventually(said_so, f"{name} started")


async def test_one_that_ends_by_itself_is_named_with_its_last_words(home: Home, processes: Processes) -> None:
    await processes.start(plan("claims", WAITING))
    await processes.start(plan("agreements", "import sys; print('base introuvable'); sys.exit(3)"))
    ended = await processes.until_one_ends()
    assert "« agreements »" in str(ended)
    assert "code 3" in str(ended)
    assert "base introuvable" in str(ended)
    assert list(processes.pids()) == ["claims", "agreements"]


async def test_one_that_is_killed_is_named_with_the_signal(home: Home, processes: Processes) -> None:
    await processes.start(plan("claims", WAITING))
    await started(home, "claims")
    os.kill(processes.pids()["claims"], signal.SIGKILL)
    assert "SIGKILL" in str(await processes.until_one_ends())


async def test_stopping_is_bounded_even_for_the_deaf(
    home: Home, processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "STOP_SECONDS", 0.3)
    for name, code in (("claims", DEAF), ("agreements", WAITING)):
        await processes.start(plan(name, code))
        await started(home, name)
    pids = processes.pids()
    began = time.monotonic()
    await processes.stop()
    assert time.monotonic() - began < 5
    assert not any(alive(pid) for pid in pids.values())
    assert processes.pids() == {}


async def test_a_ctrl_c_of_the_terminal_reaches_none_of_them(home: Home, processes: Processes) -> None:
    await processes.start(plan("claims", WAITING))
    assert os.getsid(processes.pids()["claims"]) != os.getsid(0)


def test_our_own_settings_are_not_inherited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELAIS_HOME", "/somewhere")
    monkeypatch.setenv("LANG", "fr_FR.UTF-8")
    assert "RELAIS_HOME" not in inherited_environment()
    assert inherited_environment()["LANG"] == "fr_FR.UTF-8"


async def test_a_long_log_is_set_aside(home: Home, processes: Processes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOG_LIMIT_BYTES", 10)
    home.log("claims").write_text("older than this run")
    await processes.start(plan("claims", WAITING))
    await started(home, "claims")
    assert home.logs.joinpath("claims.log.1").read_text() == "older than this run"
