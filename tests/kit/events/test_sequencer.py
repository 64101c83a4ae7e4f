"""Positions: dense, in the order of versions, one sequencer at a time, another one when it goes, none given twice."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

import kit.events.sequencer
from kit.db.database import Scope
from kit.events.cursor import Cursor
from kit.events.envelope import Envelope
from kit.events.feed import read_page
from kit.events.sequencer import Positions, Sequencer
from tests.kit.events.sample.thing import change
from tests.postgres import ComponentDatabase
from tests.waiting import eventually


@pytest.fixture
async def sequencers(source: ComponentDatabase) -> AsyncIterator[list[Sequencer]]:
    """Two processes of one service, as far as the database can tell."""
    made = [Sequencer(source.worker, batch=7) for _ in range(2)]
    for sequencer in made:
        await sequencer.start()
    yield made
    for sequencer in made:
        await sequencer.stop()


async def positions(source: ComponentDatabase, number: int) -> list[tuple[str, int, int]]:
    """(key, version, position) in the order of positions, once there are that many."""

    async def placed() -> list[tuple[str, int, int]] | None:
        statement = text("SELECT key, version, position FROM outbox WHERE position IS NOT NULL ORDER BY position")
        async with source.worker.transaction(Scope.all()) as tx:
            rows = [tuple(row) for row in await tx.execute(statement)]
        return rows if len(rows) == number else None

    return await eventually(placed, f"{number} positions")


async def test_positions_are_dense_and_in_the_order_of_versions(
    source: ComponentDatabase, sequencers: list[Sequencer]
) -> None:
    await change(source.api, "a", *range(12))
    await change(source.api, "b", *range(9))
    rows = await positions(source, 21)
    assert [position for *_, position in rows] == list(range(1, 22))
    for key in "ab":
        versions = [version for k, version, _ in rows if k == key]
        assert versions == sorted(versions)


async def test_positions_stay_dense_when_those_reserved_run_out(
    source: ComponentDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kit.events.sequencer, "RESERVED_AT_ONCE", 10)
    await change(source.api, "a", *range(33))
    async with source.worker.dedicated() as connection:
        given = await Positions.above_all_reserved(connection)
        assert [await given.give(7) for _ in range(6)] == [7, 7, 7, 7, 5, 0]
    last, reserved = await source.admin.fetchrow("SELECT last_position, reserved_position FROM feed_meta")
    assert [position for *_, position in await positions(source, 33)] == list(range(1, 34))
    assert last == 33 <= reserved < 33 + 2 * 10


async def test_another_process_goes_on_when_the_sequencer_is_lost(
    source: ComponentDatabase, sequencers: list[Sequencer]
) -> None:
    await change(source.api, "a", 1)
    await positions(source, 1)
    for written in range(2, 6):
        await source.admin.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")
        await change(source.api, "a", written)
        given = await positions(source, written)
        assert [version for _, version, _ in given] == list(range(1, written + 1))


async def three_placed(source: ComponentDatabase) -> int:
    """The position of the last of three events, given by a sequencer that has stopped in order since."""
    sequencer = Sequencer(source.worker)
    await sequencer.start()
    await change(source.api, "a", 1, 2, 3)
    placed = await positions(source, 3)
    await sequencer.stop()
    return placed[-1][-1]


async def test_a_position_that_a_crash_has_lost_is_never_given_again(source: ComponentDatabase) -> None:
    """Readers may have gone past it: its event, and those that follow, come above it."""
    read = await three_placed(source)
    async with source.admin.transaction():  # what is left when none of the three was on disk yet
        await source.admin.execute("UPDATE outbox SET position = NULL WHERE version > 1")
        await source.admin.execute("UPDATE feed_meta SET last_position = 1")
    async with source.api.transaction(Scope.all()) as tx:
        before = await read_page(tx, None, limit=1)
        waiting = await read_page(tx, Cursor(before.next.epoch, read), limit=10)
        assert (waiting.events, waiting.next.position, waiting.next.epoch) == ((), read, before.next.epoch)
    await change(source.api, "b", 1)
    sequencer = Sequencer(source.worker)
    await sequencer.start()
    await positions(source, 4)
    await sequencer.stop()
    async with source.api.transaction(Scope.all()) as tx:
        page = await read_page(tx, waiting.next, limit=10)
    found = [Envelope.read(body) for _, body in page.events]
    assert [(event.key, event.sequence) for event in found] == [("a", 2), ("a", 3), ("b", 1)]


async def test_a_sequencer_that_stops_in_order_leaves_nothing_reserved(source: ComponentDatabase) -> None:
    """An old copy of the data, put back, is told from a crash: its readers are further than it ever reached."""
    read = await three_placed(source)
    reserved = "SELECT epoch, last_position, reserved_position FROM feed_meta"
    epoch, *places = await source.admin.fetchrow(reserved)
    assert places == [3, 3]
    async with source.admin.transaction():
        await source.admin.execute("DELETE FROM outbox WHERE version > 1")
        await source.admin.execute("UPDATE feed_meta SET last_position = 1, reserved_position = 1")
    async with source.worker.dedicated() as connection:
        assert await (await Positions.above_all_reserved(connection)).give() == 0
    async with source.api.transaction(Scope.all()) as tx:
        page = await read_page(tx, Cursor(epoch, read), limit=10)
    assert page.next.epoch != epoch


async def test_a_server_that_is_another_one_makes_a_new_epoch(source: ComponentDatabase) -> None:
    sequencer = Sequencer(source.worker)

    async def origin() -> str | None:
        found: str | None = await source.admin.fetchval("SELECT origin FROM feed_meta")
        return None if found in {None, "another server"} else found

    await sequencer.start()
    await eventually(origin, "the fingerprint of the server")
    await sequencer.stop()
    before = await source.admin.fetchval("SELECT epoch FROM feed_meta")
    await sequencer.start()
    await change(source.api, "a", 1)
    await positions(source, 1)
    await sequencer.stop()
    assert await source.admin.fetchval("SELECT epoch FROM feed_meta") == before, "the same server keeps its epoch"
    await source.admin.execute("UPDATE feed_meta SET origin = 'another server'")
    await sequencer.start()
    await eventually(origin, "the fingerprint of the server")
    await sequencer.stop()
    assert await source.admin.fetchval("SELECT epoch FROM feed_meta") != before
