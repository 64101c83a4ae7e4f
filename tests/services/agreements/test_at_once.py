"""Cover and a notice that arrive at the same instant: whichever commits last sees the other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.db.database import Scope
from kit.recording import Recording
from services.agreements.adapters import notices
from services.agreements.adapters.notices import Cause, Notice
from services.agreements.application import follow_cover
from services.agreements.main import create_app
from tests.postgres import ComponentDatabase, DatabaseFactory
from tests.services.agreements.accord import LRSY, NOW
from tests.services.agreements.test_api import CITY, bring_into_force
from tests.services.agreements.test_changes import NO_ENVELOPE
from tests.services.client import running
from tests.waiting import eventually

AGENT = "01a20000-0000-7000-8000-000000000001"
_WAITS = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
Work = Callable[[AsyncConnection], Awaitable[None]]


@pytest.fixture
async def registry(database: DatabaseFactory) -> AsyncIterator[ComponentDatabase]:
    component = await database("agreements")
    async with running(create_app, component, NOW) as service:
        await bring_into_force(service)
        async with component.worker.transaction(Scope.all()) as tx:
            await issue(tx, 1)
        yield component


async def cover(tx: AsyncConnection) -> None:
    stretch = {"start": "2025-01-01", "end": None, "outcome": "AFFILIATED"}
    data = {"agent": AGENT, "employer": CITY, "agreement": LRSY, "timeline": [stretch]}
    await follow_cover.cover_moved(tx, NO_ENVELOPE, data)


async def issue(tx: AsyncConnection, version: int = 2) -> None:
    one = Notice(version, "demo-a", date(2025, 2, 1), "notice-2025.pdf", f"{version:064}")
    await notices.issue(tx, LRSY, one, Recording(NOW, "demo-staff"))


async def change(tx: AsyncConnection) -> None:
    await notices.expect(tx, LRSY, date(2025, 3, 1), Cause.CHANGE)


async def at_once(registry: ComponentDatabase, first: Work, second: Work) -> None:
    """The second begins after the first is done and before it commits."""

    async def other() -> None:
        async with registry.worker.transaction(Scope.all()) as tx:
            await second(tx)

    async with registry.worker.transaction(Scope.all()) as tx:
        await first(tx)
        task = asyncio.create_task(other())

        async def waits_or_ended() -> bool:
            return task.done() or bool((await tx.execute(_WAITS)).scalar_one())

        await eventually(waits_or_ended, "the second to wait or end")
    await task


@pytest.mark.parametrize(
    "both", [(cover, issue), (issue, cover), (cover, change), (change, cover)], ids=lambda both: both[0].__name__
)
async def test_whoever_is_covered_waits_for_the_notice(registry: ComponentDatabase, both: Sequence[Work]) -> None:
    await at_once(registry, *both)
    async with registry.worker.transaction(Scope.all()) as tx:
        assert (AGENT, CITY) in await notices.waiting_for(tx, LRSY, 2, [AGENT])
