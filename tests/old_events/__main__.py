"""Keep the events of the demonstration as this version publishes them: `python -m tests.old_events 0.1`.

Done once a release, and again while nobody relies on that release yet.
"""

from __future__ import annotations

import asyncio
import sys
from functools import partial
from typing import Any

import asyncpg

from kit.db.provision import database_name
from relais.api import Api, Refused
from relais.demo.play import STEPS, play
from relais.demo.report import Report
from relais.demo.world import AGREEMENT, World
from relais.plan import SERVICES
from tests.old_events.stream import FOLDER
from tests.platform import TestPlatform, running_platform


async def keep(release: str) -> int:
    """Play the demonstration, and write what every service published; how many events."""
    async with running_platform() as platform:
        report = Report(lambda _: None)
        await asyncio.to_thread(play, platform.gateway, platform.clients, report, steps=[*STEPS, _accord_changes])
        assert not report.failures, report.failures
        lines = [line for name in SERVICES for line in await _published(platform, name)]
    (FOLDER / f"{release}.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return len(lines)


def _accord_changes(demo: World) -> None:
    """What the demonstration does not show: a notice issued, the accord suspended, then resumed (art. 6, 8)."""
    accord = f"/v1/agreements/{AGREEMENT}"
    notice = {"insurer": "demo-a", "issued_on": "2025-02-01", "reference": "notice-2025.pdf", "digest": "a" * 64}
    demo.staff.post(f"{accord}/notices", notice)
    for change, day in (("suspension", "2027-07-01"), ("resumption", "2027-09-01")):
        asked = {"on": day, "reason": "révision de l'accord"}
        demo.staff.until(partial(_confirmed, demo.staff, f"{accord}/{change}", asked), change)


def _confirmed(staff: Api, url: str, asked: dict[str, str]) -> Any:
    """A change shown, then made; None while what it would do still moves."""
    shown = staff.post(url, asked)
    try:
        return staff.post(url, {**asked, "confirm": shown["confirm"]})
    except Refused as refused:
        if refused.code != "preview_stale":
            raise
        return None


async def _published(platform: TestPlatform, component: str) -> list[str]:
    connection = await asyncpg.connect(platform.postgres.server.admin_dsn, database=database_name(component))
    try:
        rows = await connection.fetch("SELECT CAST(envelope AS text) FROM outbox ORDER BY serial")
        return [row[0] for row in rows]
    finally:
        await connection.close()


if __name__ == "__main__":
    sys.stderr.write(f"{asyncio.run(keep(sys.argv[1]))} events kept\n")
