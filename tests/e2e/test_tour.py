"""The tour of the README works as it is written, and answers what it shows."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from relais.home import Home, Running
from tests.e2e.tour import ADDRESS, MAKE, Shell, Step, steps
from tests.platform import TestPlatform
from tests.postgres import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
REFUSED = "What a mistake looks like."


@pytest.fixture
def environment(platform: TestPlatform, tmp_path: Path) -> dict[str, str]:
    """What a second terminal finds: the home of the platform that runs."""
    home = Home(tmp_path)
    home.prepare()
    home.secrets.write_text(json.dumps({"clients": platform.clients}))
    home.announce(Running(os.getpid(), {"gateway": urlsplit(platform.gateway).port or 0}, ""))
    return {**os.environ, "RELAIS_HOME": str(tmp_path), "no_proxy": "*"}


async def test_the_tour_of_the_readme(platform: TestPlatform, environment: dict[str, str]) -> None:
    tour = [step for step in steps(README.replace(ADDRESS, platform.gateway)) if step.command]
    assert len(tour) > 12
    assert sum(bool(step.answer) for step in tour) >= 4
    await asyncio.to_thread(_walk, tour, environment)


def _walk(tour: list[Step], environment: dict[str, str]) -> None:
    with Shell(environment) as shell:
        shell.type(MAKE)
        for step in tour:
            _take(shell, step)


def _take(shell: Shell, step: Step) -> None:
    """Type a command once, as a pasted script does: it waits by itself for facts that travel."""
    code, said = shell.type(step.command)
    as_shown = step.matches(said) if step.answer else _refused(said) == (step.title == REFUSED)
    assert (code, as_shown) == (0, True), f"{step.title}\n{step.command}\nshown: {step.answer}\nanswered: {said}"


def _refused(said: str) -> bool:
    return '"type":' in said and '"status":4' in said.replace(" ", "")


def test_an_answer_is_compared_to_the_letter_but_for_what_is_left_out() -> None:
    shown = Step("", "", '{"a":"…","b":[…,{"c":"1.00"}], …}')
    assert shown.matches('{"a": "x", "b": [1, {"c": "1.00"}],\n "d": 2}')
    assert not shown.matches('{"a": "x", "b": [1, {"c": "1.01"}], "d": 2}')


def test_a_command_goes_on_as_a_shell_would_have_it() -> None:
    found = list(steps("## A tour\n**Two.**\n```console\n$ a -d '{\n  1}'\n$ b \\\n  c\nanswer\n```\n## End"))
    assert found == [Step("Two.", "a -d '{\n  1}'", ""), Step("Two.", "b \\\n  c", "answer")]
