"""Ledgers: properties of the differences, and lines on a real server."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from kit.db.database import Scope
from kit.db.ledger import Delta, Ledger, deltas
from kit.money import Money
from tests.kit.db.sample.tables import ledger_line
from tests.postgres import ComponentDatabase, DatabaseFactory

EMPLOYER = "11111111111111"
OURS = Scope.of(frozenset({EMPLOYER}))
LEDGER = Ledger(ledger_line, key=("account",))
amounts = st.dictionaries(st.sampled_from("abcdef"), st.integers(-10_000_000, 10_000_000).map(Money), max_size=6)


def after(issued: dict[str, Money], lines: list[Delta[str]]) -> dict[str, Money]:
    """The sums once these lines are issued."""
    return issued | {line.key: issued.get(line.key, Money.zero()) + line.amount for line in lines}


def nonzero(sums: dict[str, Money]) -> dict[str, Money]:
    return {key: amount for key, amount in sums.items() if amount}


@given(amounts, amounts)
def test_issued_plus_deltas_is_what_is_desired(desired: dict[str, Money], issued: dict[str, Money]) -> None:
    assert nonzero(after(issued, deltas(desired, issued))) == nonzero(desired)


@given(amounts, amounts)
def test_running_twice_issues_nothing_more(desired: dict[str, Money], issued: dict[str, Money]) -> None:
    assert deltas(desired, after(issued, deltas(desired, issued))) == []


@given(amounts, amounts)
def test_a_change_then_its_undoing_nets_to_zero(first: dict[str, Money], second: dict[str, Money]) -> None:
    there = deltas(second, first)
    back = deltas(first, after(first, there))
    for key in {line.key for line in [*there, *back]}:
        assert Money.sum(line.amount for line in [*there, *back] if line.key == key) == Money.zero()


@given(amounts, amounts)
def test_no_line_is_empty_and_no_key_comes_twice(desired: dict[str, Money], issued: dict[str, Money]) -> None:
    lines = deltas(desired, issued)
    assert all(line.amount for line in lines)
    assert len({line.key for line in lines}) == len(lines)


async def settle(sample: ComponentDatabase, desired: dict[str, str]) -> list[str]:
    """Settle the month of one agent; the amounts issued."""
    async with sample.api.transaction(OURS) as tx:
        issued = await LEDGER.settle(
            tx,
            account="agent:2026-01",
            where=ledger_line.c.employer == EMPLOYER,
            desired={(key,): Money.parse(amount) for key, amount in desired.items()},
            line={"employer": EMPLOYER, "reason": "test"},
        )
    return [str(line.amount) for line in issued]


async def test_lines_settle_and_are_never_edited(database: DatabaseFactory) -> None:
    sample = await database("sample")
    assert await settle(sample, {"BASE": "49.20", "DEATH": "3.00"}) == ["49.20", "3.00"]
    assert await settle(sample, {"BASE": "49.20", "DEATH": "3.00"}) == []
    assert await settle(sample, {"BASE": "41.00"}) == ["-8.20", "-3.00"]
    assert await settle(sample, {"BASE": "49.20", "DEATH": "3.00"}) == ["8.20", "3.00"]
    async with sample.api.transaction(OURS) as tx:
        assert (await tx.execute(select(func.count()).select_from(ledger_line))).scalar_one() == 6


async def test_settling_at_once_issues_once(database: DatabaseFactory) -> None:
    sample = await database("sample")
    issued = await asyncio.gather(*(settle(sample, {"BASE": "49.20"}) for _ in range(8)))
    assert sorted(issued) == [[]] * 7 + [["49.20"]]


@pytest.mark.parametrize(
    "statement", ["UPDATE ledger_line SET amount = 0", "DELETE FROM ledger_line", "TRUNCATE ledger_line"]
)
async def test_lines_cannot_be_changed(database: DatabaseFactory, statement: str) -> None:
    sample = await database("sample")
    await settle(sample, {"BASE": "49.20"})
    for role in (sample.api, sample.worker):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with role.transaction(Scope.all()) as tx:
                await tx.execute(text(statement))


async def test_not_even_the_owner_edits_a_line(database: DatabaseFactory) -> None:
    sample = await database("sample")
    await settle(sample, {"BASE": "49.20"})
    with pytest.raises(DBAPIError, match="never changed"):
        async with sample.migrator.transaction(Scope.all()) as tx:
            await tx.execute(text("UPDATE ledger_line SET amount = 0"))
