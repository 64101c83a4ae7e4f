"""The demo is green, and again with other agents on the same platform."""

from __future__ import annotations

import asyncio

from relais.demo.play import play
from relais.demo.report import Report
from tests.platform import TestPlatform


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


async def test_an_expectation_that_is_not_met_is_a_failure() -> None:
    lines: list[str] = []
    report = Report(lines.append)
    report.equal("cotisation", "49.20", "49.21", "rulebook G25")
    assert report.summary == "0 passed, 1 failed"
    assert "attendu 49.21, obtenu 49.20" in lines[0]
