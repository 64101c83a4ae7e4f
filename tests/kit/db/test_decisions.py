"""Decisions come back to the same bytes, and an altered one is noticed."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from kit.db.database import Scope, count_statements
from kit.db.decisions import AlteredDecisionError, Decision, latest, load, store, store_many
from kit.ids import new_id
from kit.money import Money
from kit.trace import Snapshot, Trace, plain
from tests.postgres import DatabaseFactory

EMPLOYER = "11111111111111"
OURS = Scope.of(frozenset({EMPLOYER}))
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TRACE = Trace("contribution", "accord art. 5.2", {"base": Money(240000), "on": date(2026, 1, 1)}, Money(4920))
SNAPSHOT = Snapshot(
    "contribution",
    inputs=plain({"base": Money(240000), "z": ["é", None, True, 12345678901234567890], "a": {}}),
    rules=[{"id": "cnracl.employee.tib", "from": "2026-01-01", "value": "0.1110"}],
    result=plain(Money(4920)),
    trace=TRACE.json(),
)


async def test_a_decision_comes_back_to_the_same_bytes(database: DatabaseFactory) -> None:
    sample = await database("sample")
    async with sample.api.transaction(OURS) as tx:
        stored = await store(tx, SNAPSHOT, subject="agent-1", employer=EMPLOYER, at=NOON)
    async with sample.api.transaction(OURS) as tx:
        found = await load(tx, stored.id)
        assert found == stored
        assert found is not None
        assert found.snapshot.bytes() == SNAPSHOT.bytes()
        assert await latest(tx, "agent-1", "contribution") == stored
        assert await latest(tx, "agent-2", "contribution") is None
    async with sample.api.transaction(Scope.of(frozenset({"22222222222222"}))) as tx:
        assert await load(tx, stored.id) is None


async def test_many_decisions_are_written_at_once(database: DatabaseFactory) -> None:
    sample = await database("sample")
    many = [Decision(new_id(), f"agent-{n}", EMPLOYER, NOON, SNAPSHOT.digest(), SNAPSHOT) for n in range(50)]
    async with sample.worker.transaction(Scope.all()) as tx, count_statements(sample.worker) as n:
        await store_many(tx, many)
        await store_many(tx, [])
    staged = 3  # made, emptied into the table, dropped
    assert n.total == staged
    async with sample.worker.transaction(Scope.all()) as tx:
        assert await load(tx, many[-1].id) == many[-1]


async def test_an_altered_decision_is_refused(database: DatabaseFactory) -> None:
    sample = await database("sample")
    async with sample.api.transaction(OURS) as tx:
        stored = await store(tx, SNAPSHOT, subject="agent-1", employer=EMPLOYER, at=NOON)
    with pytest.raises(DBAPIError, match="permission denied"):
        async with sample.api.transaction(OURS) as tx:
            await tx.execute(text("UPDATE decision SET result = '1'"))
    await sample.admin.execute(
        "ALTER TABLE decision DISABLE TRIGGER decision_append_only;"
        "UPDATE decision SET result = '\"49.21\"'; ALTER TABLE decision ENABLE TRIGGER decision_append_only"
    )
    with pytest.raises(AlteredDecisionError):
        async with sample.api.transaction(OURS) as tx:
            await load(tx, stored.id)
