"""A producer restored from a backup: consumers notice, forget what it lost, and hold what it holds."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from kit.db.database import Scope
from kit.events.cursor import Cursor
from kit.events.feed import read_page
from tests.kit.events.carriers import Carrier
from tests.kit.events.observing import converged, handled
from tests.kit.events.sample.thing import Handlers, applied, change
from tests.postgres import ComponentDatabase

TABLES = ("outbox", "aggregate_version", "feed_meta", "relay_cursor")


@dataclass
class Backup:
    """What a dump of the producer holds."""

    database: ComponentDatabase

    async def take(self) -> None:
        for table in TABLES:
            await self.database.admin.execute(f"CREATE TABLE backup_{table} AS TABLE {table}")

    async def load(self) -> None:
        """As into another server: the rows of the backup, and a fingerprint that is not this server's."""
        for table in TABLES:
            await self.database.admin.execute(f"TRUNCATE {table}")
            await self.database.admin.execute(f"INSERT INTO {table} OVERRIDING SYSTEM VALUE TABLE backup_{table}")
        await self.database.admin.execute("UPDATE feed_meta SET origin = 'another server'")
        await self.database.admin.execute("SELECT setval('outbox_serial_seq', (SELECT max(serial) FROM outbox))")

    async def drop(self) -> None:
        for table in TABLES:
            await self.database.admin.execute(f"DROP TABLE IF EXISTS backup_{table}")


@pytest.fixture
async def backup(source: ComponentDatabase) -> AsyncIterator[Backup]:
    made = Backup(source)
    yield made
    await made.drop()


async def test_consumers_hold_what_the_restored_producer_holds(
    carrier: Carrier, source: ComponentDatabase, sink: ComponentDatabase, backup: Backup
) -> None:
    await carrier.start_source()
    await carrier.start_sink()
    await change(source.api, "goes on", 1, 2, 3)
    await change(source.api, "loses its end", 1, 2)
    await change(source.api, "untouched", 1, 2)
    await converged(source.worker, sink.worker)
    await backup.take()
    await change(source.api, "goes on", 4, 5)
    await change(source.api, "loses its end", 3)
    await change(source.api, "loses all", 1, 2)
    await converged(source.worker, sink.worker)
    before = await applied(sink.worker)

    await carrier.stop_source()
    await backup.load()
    await change(source.api, "goes on", 40, 50, 60)
    await change(source.api, "is new", 1)
    await carrier.restart(source_stopped=True)
    expected = await converged(source.worker, sink.worker)
    assert expected["goes on"] == [1, 2, 3, 40, 50, 60]
    assert "loses all" not in expected
    assert (await applied(sink.worker))["untouched"] == before["untouched"]

    await change(source.api, "goes on", 70)
    await change(source.api, "untouched", 3)
    await converged(source.worker, sink.worker)


async def test_consumers_notice_although_nothing_new_is_published(
    carrier: Carrier, source: ComponentDatabase, sink: ComponentDatabase, backup: Backup
) -> None:
    await carrier.start_source()
    await carrier.start_sink()
    await change(source.api, "thing", 1)
    await backup.take()
    await change(source.api, "thing", 2)
    await converged(source.worker, sink.worker)
    await carrier.stop_source()
    await backup.load()
    await carrier.restart(source_stopped=True)
    assert await converged(source.worker, sink.worker) == {"thing": [1]}


async def test_an_event_that_waits_is_forgotten_with_its_key(
    carrier: Carrier, source: ComponentDatabase, sink: ComponentDatabase, backup: Backup, handlers: Handlers
) -> None:
    handlers.poison.add(13)
    await carrier.start_source()
    await carrier.start_sink()
    await change(source.api, "thing", 1)
    await change(source.api, "other", 1)
    await converged(source.worker, sink.worker)
    await backup.take()
    await change(source.api, "thing", 13, 14)
    await carrier.parked(2)
    await carrier.stop_source()
    await backup.load()
    await change(source.api, "thing", 2)
    await carrier.restart(source_stopped=True)
    await handled(sink.worker, "thing", [1, 2])
    assert await carrier.parked(0) == []


async def test_a_reader_further_than_the_feed_renews_its_epoch(source: ComponentDatabase) -> None:
    """Old files copied back have the fingerprint they had; their readers tell."""
    async with source.api.transaction(Scope.all()) as tx:
        known = (await read_page(tx, None, limit=1)).next
        told = (await read_page(tx, Cursor(known.epoch, 1000), limit=1)).next
        again = (await read_page(tx, Cursor(known.epoch, 1000), limit=1)).next
    assert told.epoch != known.epoch
    assert (told.position, again) == (0, told)
