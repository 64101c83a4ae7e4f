"""The demo is green, and again with other agents on the same platform."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from relais.api import Api
from relais.credentials import Credentials
from relais.demo.play import play
from relais.demo.report import Report
from relais.home import Home, Running
from tests.platform import TestPlatform
from tests.relais.running import Command


async def played(platform: TestPlatform) -> tuple[Report, list[str]]:
    lines: list[str] = []
    report = Report(lines.append)
    await asyncio.to_thread(play, platform.gateway, platform.clients, report)
    return report, lines


async def test_the_demo_is_green_each_time(platform: TestPlatform) -> None:
    for _ in range(2):
        report, lines = await played(platform)
        assert report.failures == [], "\n".join(lines)
        assert report.passed > 20
        assert [line for line in lines if "rulebook" in line] == [], "by its name"


async def test_the_command_ends_with_1_when_the_law_is_another(platform: TestPlatform, tmp_path: Path) -> None:
    """Of this platform: `relais demo` reads where it is and with which secrets from a home."""
    home = Home(tmp_path)
    Credentials(databases={}, clients=platform.clients, key_rings={}).save(home)
    port = int(platform.gateway.rpartition(":")[2])
    home.announce(Running(os.getpid(), {"gateway": port}, admin_dsn=""))
    law, command = platform.book.current, Command(home.root, port)
    with platform.book.now_reads(law.replacing("crds.rate", "0.0150")):
        ended = await asyncio.to_thread(command.run, "demo")
    assert ended.returncode == 1, ended.stdout + ended.stderr
    assert ", 0 fausse(s)" not in ended.stdout
    assert "✗" in ended.stdout


async def test_what_an_event_is_about_is_named_by_its_path(platform: TestPlatform) -> None:
    await played(platform)

    def subjects() -> dict[str, str]:
        with platform.api("demo-insurer-a") as insurer:
            return {event["type"]: event.get("subject", "/v1/") for event in _facts(insurer)}

    found = await asyncio.to_thread(subjects)
    assert {kind.split(".")[2] for kind in found} >= {"eligibility", "claims"}
    assert {kind: subject for kind, subject in found.items() if not subject.startswith("/v1/")} == {}


def _facts(insurer: Api) -> Iterator[dict[str, Any]]:
    cursor = None
    while (page := insurer.get("/v1/events", after=cursor))["events"]:
        yield from page["events"]
        cursor = page["next"]


async def test_an_expectation_that_is_not_met_is_a_failure() -> None:
    lines: list[str] = []
    report = Report(lines.append)
    report.equal("cotisation", "49.20", "49.21", "rulebook G25")
    assert report.summary == "0 vérification(s) juste(s), 1 fausse(s)"
    assert "attendu 49.21, obtenu 49.20" in lines[0]
