"""The Makefile explains itself, and nothing that is fetched has an address written down here."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.postgres import ROOT

MAKEFILE = (ROOT / "Makefile").read_text()
LOCKS = ("requirements/run.txt", "requirements/dev.txt")


def phony() -> set[str]:
    line = re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)
    assert line is not None
    return set(line.group(1).split())


def test_every_target_says_what_it_does() -> None:
    shown = subprocess.run(["make", "help"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    described = set(re.findall(r"^  make (\w+) +\S", shown, re.MULTILINE))
    assert described == phony()
    assert {"run", "test", "lint", "quality", "demo", "token", "reset", "help"} <= described


def test_an_old_or_absent_python_is_told_clearly(tmp_path: Path) -> None:
    old = tmp_path / "python-of-old"
    old.write_text('#!/bin/sh\n[ "$1" = -V ] && echo Python 3.9.1 && exit 0\nexit 1\n')
    old.chmod(0o755)
    for python, sentence in (("no-such-python", "est introuvable"), (str(old), "est Python 3.9.1")):
        done = subprocess.run(
            ["make", f"VENV={tmp_path / 'venv'}", f"PYTHON={python}", "token"],
            cwd=ROOT,
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode != 0
        assert "Il faut Python 3.11 ou plus récent" in done.stderr
        assert sentence in done.stderr


def test_a_benchmark_is_run_by_its_name() -> None:
    def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "tests.bench", *arguments]
        return subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)

    listed = bench("--list")
    assert listed.returncode == 0
    assert {"events", "startup"} <= {line.split()[0] for line in listed.stdout.splitlines()}
    alone = bench("startup", "--help")
    assert alone.returncode == 0
    assert re.findall(r"^== (\w+)", alone.stdout, re.MULTILINE) == ["startup"]
    assert bench("nothing").returncode == 2


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_pins_versions_and_hashes_and_names_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert "://" not in text
    pinned = [line for line in text.splitlines() if re.match(r"[A-Za-z0-9]", line)]
    assert all("==" in line for line in pinned)
    assert text.count("--hash=sha256:") >= len(pinned)


def test_both_locks_agree() -> None:
    pins = [set(re.findall(r"^([\w.-]+==\S+)", (ROOT / lock).read_text(), re.MULTILINE)) for lock in LOCKS]
    assert pins[0] <= pins[1]


@pytest.mark.parametrize("file", [".ci/run", "deploy/build.sh", "deploy/Dockerfile", "Makefile"])
def test_no_registry_address_is_written_down(file: str) -> None:
    text = (ROOT / file).read_text()
    assert re.findall(r"\w+://(?!127\.0\.0\.1)\S+", text) == []
    assert "index-url" not in text.replace("--no-emit-index-url", "")


def test_the_script_that_vouches_asks_for_a_broker_and_a_browser_and_runs_lint_and_tests() -> None:
    script = (ROOT / ".ci" / "run").read_text()
    assert "set -euo pipefail" in script
    assert "RELAIS_REQUIRE=kafka,browser" in script
    assert "has chromium || lacking+=(chromium)" in script
    assert "make lint" in script
    assert "make test" in script


def test_the_summary_says_what_a_machine_without_java_or_browser_leaves_out(tmp_path: Path) -> None:
    """With several workers too: it is another process that writes the summary."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "RELAIS"))}
    command = [sys.executable, "-m", "pytest", "--numprocesses=1", "tests/kit/test_siret.py"]
    said = subprocess.run(
        command, cwd=ROOT, check=True, capture_output=True, text=True, env={**environment, "PATH": str(tmp_path)}
    ).stdout
    assert [line.partition(" (")[0] for line in said.splitlines() if line.startswith("left out: ")] == [
        "left out: events over Kafka",
        "left out: pages",
    ]
