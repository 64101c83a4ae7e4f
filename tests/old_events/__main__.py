"""Keep the events of the demonstration as this version publishes them: `python -m tests.old_events 0.1`.

Done once a release, and again while nobody relies on that release yet.
"""

from __future__ import annotations

import asyncio
import sys

import asyncpg

from kit.db.provision import database_name
from relais.demo.play import play
from relais.demo.report import Report
from relais.plan import SERVICES
from tests.old_events.stream import FOLDER
from tests.platform import TestPlatform, running_platform


async def keep(release: str) -> int:
    """Play the demonstration, and write what every service published; how many events."""
    async with running_platform() as platform:
        report = Report(lambda _: None)
        await asyncio.to_thread(play, platform.gateway, platform.clients, report)
        assert not report.failures, report.failures
        lines = [line for name in SERVICES for line in await _published(platform, name)]
    (FOLDER / f"{release}.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return len(lines)


async def _published(platform: TestPlatform, component: str) -> list[str]:
    connection = await asyncpg.connect(platform.postgres.server.admin_dsn, database=database_name(component))
    try:
        rows = await connection.fetch("SELECT CAST(envelope AS text) FROM outbox ORDER BY serial")
        return [row[0] for row in rows]
    finally:
        await connection.close()


if __name__ == "__main__":
    sys.stderr.write(f"{asyncio.run(keep(sys.argv[1]))} events kept\n")
