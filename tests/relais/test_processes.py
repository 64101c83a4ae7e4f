"""Processes are forked from one import, watched, and ended together."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

import pytest

from relais import processes as module
from relais.errors import CommandError
from relais.home import Home, alive
from relais.processes import Processes, ProcessPlan, inherited_environment, nursery
from tests.waiting import eventually

CHILDREN = "tests.relais.children"


def plan(name: str, child: str) -> ProcessPlan:
    return ProcessPlan(name, f"{CHILDREN}.{child}", {"RELAIS_PORT": "1"})


@pytest.fixture
def home(tmp_path: Path) -> Home:
    found = Home(tmp_path)
    found.prepare()
    return found


@pytest.fixture
async def processes(home: Home) -> AsyncIterator[Processes]:
    with home.held() as lock:
        async with nursery(home, lock, [f"{CHILDREN}.waiting"]) as found:
            yield found


async def words(home: Home, name: str) -> str:
    """What a process says first."""

    async def said() -> str | None:
        text = home.log(name).read_text() if home.log(name).exists() else ""
        return text if "started" in text and text.endswith("\n") else None

    return await eventually(said, f"{name} started")


async def test_one_that_ends_by_itself_is_named_with_its_last_words(processes: Processes) -> None:
    await processes.start(plan("claims", "waiting"))
    await processes.start(plan("agreements", "failing"))
    ended = await processes.until_one_ends()
    assert "« agreements »" in str(ended)
    assert "code 3" in str(ended)
    assert "base introuvable" in str(ended)
    assert list(processes.pids()) == ["claims", "agreements"]


async def test_a_start_given_up_leaves_nothing_behind(home: Home) -> None:
    """A Ctrl-C before the nursery has answered, and one while it answers."""
    with home.held() as lock:
        async with nursery(home, lock, [f"{CHILDREN}.waiting"]) as processes:
            given_up = asyncio.create_task(processes.start(plan("claims", "waiting")))
            await asyncio.wait({given_up}, timeout=0)  # it has asked
            given_up.cancel()
            await processes.start(plan("agreements", "waiting"))
            pids = processes.pids()
            last = asyncio.create_task(processes.start(plan("eligibility", "waiting")))
            await asyncio.wait({last}, timeout=0)
            last.cancel()
    assert list(pids) == ["claims", "agreements"]
    assert not any(alive(pid) for pid in pids.values())
    assert processes.pids() == {}


async def test_one_that_is_killed_is_named_with_the_signal(home: Home, processes: Processes) -> None:
    await processes.start(plan("claims", "waiting"))
    await words(home, "claims")
    os.kill(processes.pids()["claims"], signal.SIGKILL)
    assert "SIGKILL" in str(await processes.until_one_ends())


async def test_stopping_is_bounded_even_for_the_deaf(
    home: Home, processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "STOP_SECONDS", 0.3)
    for name, child in (("claims", "deaf"), ("agreements", "waiting")):
        await processes.start(plan(name, child))
        await words(home, name)
    pids = processes.pids()
    began = time.monotonic()
    await processes.stop()
    assert time.monotonic() - began < 5
    assert not any(alive(pid) for pid in pids.values())
    assert processes.pids() == {}


async def test_each_has_its_own_session_environment_and_name(home: Home, processes: Processes) -> None:
    """A Ctrl-C of the terminal reaches none of them."""
    await processes.start(plan("claims", "showing"))
    said = await words(home, "claims")
    assert f"['{CHILDREN}.showing']" in said or "showing.py" in said
    assert "{'RELAIS_PORT': '1'} True True" in said


async def test_two_from_one_import_make_different_identifiers(home: Home, processes: Processes) -> None:
    for name in ("claims", "agreements"):
        await processes.start(plan(name, "waiting"))
    first, second = [(await words(home, name)).split()[1] for name in ("claims", "agreements")]
    assert first[-12:] != second[-12:]


async def test_a_nursery_that_cannot_import_is_one_clear_end(home: Home) -> None:
    with home.held() as lock:
        async with nursery(home, lock, [f"{CHILDREN}.absent"]) as processes:
            for _ in range(2):
                with pytest.raises(CommandError, match=r"(?s)« nursery ».*No module named") as ended:
                    await processes.start(plan("claims", "waiting"))
    assert ended.value.exit_code == module.CRASHED


async def test_a_nursery_that_is_killed_takes_its_children_along(home: Home) -> None:
    with home.held() as lock:
        async with nursery(home, lock, [f"{CHILDREN}.waiting"]) as processes:
            for name in ("claims", "agreements"):
                await processes.start(plan(name, "waiting"))
            pids = processes.pids().values()
            os.kill(parent_of(min(pids)), signal.SIGKILL)
            assert "signal SIGKILL" in str(await processes.until_one_ends())
    await eventually(lambda: _gone(pids), "the end of the children")


def parent_of(pid: int) -> int:
    """The process that forked this one (proc(5), after the name, which may hold anything)."""
    stat = Path(f"/proc/{pid}/stat").read_text()
    return int(stat.rpartition(")")[2].split()[1])


async def _gone(pids: Iterable[int]) -> bool:
    return not any(alive(pid) for pid in pids)


async def test_the_nursery_s_log_is_private_and_kept_only_with_words(home: Home) -> None:
    with home.held() as lock:
        async with nursery(home, lock, [f"{CHILDREN}.waiting"]):
            assert home.log(module.NURSERY).stat().st_mode & 0o077 == 0
        assert not home.log(module.NURSERY).exists()
        with pytest.raises(CommandError):
            async with nursery(home, lock, [f"{CHILDREN}.absent"]) as processes:
                await processes.start(plan("claims", "waiting"))
    assert "No module named" in home.log(module.NURSERY).read_text()


def test_our_own_settings_are_not_inherited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELAIS_HOME", "/somewhere")
    monkeypatch.setenv("LANG", "fr_FR.UTF-8")
    assert "RELAIS_HOME" not in inherited_environment()
    assert inherited_environment()["LANG"] == "fr_FR.UTF-8"


async def test_a_long_log_is_set_aside(home: Home, processes: Processes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOG_LIMIT_BYTES", 10)
    home.log("claims").write_text("older than this run")
    await processes.start(plan("claims", "waiting"))
    await words(home, "claims")
    assert home.logs.joinpath("claims.log.1").read_text() == "older than this run"
