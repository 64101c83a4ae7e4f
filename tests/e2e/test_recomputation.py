"""What was decided is decided again from what was kept, and comes out byte for byte the same."""

from __future__ import annotations

import asyncio

from kit.db.database import Scope
from relais.api import Api
from relais.demo.play import play
from relais.demo.report import Report
from services.claims.application.verify import verify
from tests.platform import TestPlatform


async def test_every_decision_of_the_demo_comes_out_the_same(platform: TestPlatform) -> None:
    report = Report(lambda _: None)
    await asyncio.to_thread(play, platform.gateway, platform.clients, report)
    assert report.failures == []
    claims = await platform.postgres.component("claims")
    async with claims.worker.transaction(Scope.all()) as tx:
        verified = [one async for one in verify(tx)]
    assert len(verified) > 8
    assert [one for one in verified if not one.same] == []
    lines = await asyncio.to_thread(_lines, platform)
    assert len(lines) >= 4
    assert set(lines.values()) == {True}


def _lines(platform: TestPlatform) -> dict[str, bool]:
    """Every contribution line, and whether it comes out the same."""

    def verified(hris: Api, line: str) -> bool:
        return bool(hris.get(f"/v1/contributions/{line}/trace")["verified"])

    with platform.api("demo-hris") as hris:
        ids = [str(line["id"]) for line in hris.pages("/v1/contributions", month="2025-06", limit=200)]
        return {line: verified(hris, line) for line in ids[:40]}
