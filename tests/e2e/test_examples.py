"""The examples, run as an integrator runs them: the HRIS client twice, the insurer's consumer stopped and started."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from relais.demo.play import play
from relais.demo.report import Report
from relais.ports import free_port
from tests.platform import TestPlatform
from tests.postgres import ROOT
from tests.waiting import until

PATIENCE_SECONDS = 60.0


def environment(platform: TestPlatform, **added: str) -> dict[str, str]:
    return {**os.environ, "RELAIS_URL": platform.gateway, "no_proxy": "*", "PYTHONUNBUFFERED": "1", **added}


async def test_the_hris_client_may_be_run_again(platform: TestPlatform) -> None:
    def twice() -> list[str]:
        with platform.api("demo-hris") as hris:
            given = environment(platform, RELAIS_TOKEN=hris.token())
        command = [sys.executable, "examples/hris_client.py"]
        runs = [subprocess.run(command, cwd=ROOT, env=given, capture_output=True, text=True, check=False) for _ in "12"]
        assert [run.returncode for run in runs] == [0, 0], runs
        return [run.stdout for run in runs]

    first, second = await asyncio.to_thread(twice)
    assert first == second
    lines = first.splitlines()
    assert [line.split()[0] for line in lines[:2]] == ["agent", "arrêt"]
    assert lines[2:] == ["2025-09-01 … AFFILIATED"]


async def test_the_insurer_s_consumer_goes_on_where_it_stopped(platform: TestPlatform, tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    given = environment(
        platform,
        RELAIS_CLIENT="demo-insurer-a",
        RELAIS_SECRET=platform.clients["demo-insurer-a"],
        RELAIS_STATE=str(state),
    )

    def follow() -> tuple[dict[str, str], dict[str, str]]:
        with consuming(given):
            first = until(lambda: benefits(state), "the first benefits", PATIENCE_SECONDS)
        seen = benefits(state)
        assert first.keys() <= seen.keys()
        play(platform.gateway, platform.clients, Report(lambda _: None))
        with consuming(given):
            until(lambda: len(benefits(state)) > len(seen), "benefits decided meanwhile", PATIENCE_SECONDS)
        return seen, benefits(state)

    await asyncio.to_thread(play, platform.gateway, platform.clients, Report(lambda _: None))
    before, after = await asyncio.to_thread(follow)
    assert before.keys() <= after.keys()
    assert "997.11" in after.values()


def benefits(state: Path) -> dict[str, str]:
    """What the consumer has kept so far."""
    kept: dict[str, Any] = json.loads(state.read_text()) if state.exists() else {}
    return dict(kept.get("benefits", {}))


@contextmanager
def consuming(given: dict[str, str]) -> Iterator[Path]:
    """The consumer, until a Ctrl-C ends it without a word; the file with what it printed."""
    command, printed = [sys.executable, "examples/insurer_consumer.py"], Path(given["RELAIS_STATE"] + ".printed")
    with (
        printed.open("wb") as out,
        subprocess.Popen(command, cwd=ROOT, env=given, stdout=out, stderr=subprocess.PIPE) as process,
    ):
        try:
            yield printed
        finally:
            process.send_signal(signal.SIGINT)
            try:
                _, said = process.communicate(timeout=PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
    assert (process.returncode, said) == (0, b"")


@pytest.mark.parametrize("example", ["hris_client.py", "insurer_consumer.py"])
def test_an_example_says_at_once_that_nobody_listens(example: str, tmp_path: Path) -> None:
    alone = {"RELAIS_URL": f"http://127.0.0.1:{free_port()}", "RELAIS_TOKEN": "x", "RELAIS_CLIENT": "x"}
    given = {**os.environ, **alone, "RELAIS_SECRET": "x", "RELAIS_STATE": str(tmp_path / "state.json")}
    command = [sys.executable, f"examples/{example}"]
    said = subprocess.run(command, cwd=ROOT, env=given, capture_output=True, text=True, check=False)
    assert (said.returncode, said.stderr.count("\n")) == (1, 1)
    assert said.stderr.startswith(f"{alone['RELAIS_URL']} ne répond pas")


async def test_a_refused_request_of_the_hris_client_is_read_line_by_line(platform: TestPlatform) -> None:
    given = environment(platform, RELAIS_TOKEN="worn-out")
    command = [sys.executable, "examples/hris_client.py"]
    said = await asyncio.to_thread(
        subprocess.run, command, cwd=ROOT, env=given, capture_output=True, text=True, check=False
    )
    assert said.returncode == 1
    assert re.fullmatch(r"401 \w+ : .+\n", said.stderr), said.stderr
