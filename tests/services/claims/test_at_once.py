"""Facts of several producers that arrive at the same instant: whichever commits last sees the other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.db.database import Scope
from kit.events.applying import Application, Batch
from kit.events.handling import plainly
from kit.ids import new_id
from services.claims.events import subscriptions
from tests.services.claims.lives import BOOK, Claims, Fact, Life, insured
from tests.waiting import eventually

_WAITS = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")


@asynccontextmanager
async def applied(claims: Claims, facts: Sequence[Fact]) -> AsyncIterator[AsyncConnection]:
    """A batch of one producer, applied; it commits at the end of the block."""
    subscription = next(s for s in subscriptions(BOOK, claims.clock) if s.producer == facts[0].producer)
    batch = Batch(UUID(int=1), [claims.envelope(fact) for fact in facts])
    async with claims.database.worker.transaction(Scope.all()) as tx:
        await Application(f"claims.{subscription.name}", subscription, batch, plainly(subscription)).apply(tx)
        yield tx


async def tell(claims: Claims, facts: Sequence[Fact]) -> None:
    """One after the other."""
    for fact in facts:
        async with applied(claims, [fact]):
            pass


async def at_once(claims: Claims, first: Sequence[Fact], second: Sequence[Fact]) -> None:
    """Two batches: the second begins after the first has been applied and before it commits."""

    async def other() -> None:
        async with applied(claims, second):
            pass

    async with applied(claims, first) as tx:
        task = asyncio.create_task(other())

        async def waits_or_ended() -> bool:
            return task.done() or bool((await tx.execute(_WAITS)).scalar_one())

        await eventually(waits_or_ended, "the second batch to wait or end")
    await task


@pytest.mark.parametrize("swapped", [False, True])
async def test_pay_and_invalidity(claims: Claims, swapped: bool) -> None:  # noqa: FBT001 - a parameter of the test
    life = Life().accord().hired().affiliated()
    await tell(claims, life.facts)
    pay, invalidity = life.paid("2026-01").last, life.invalid("2026-06-01", cnracl_rate="0.5000").last
    await at_once(claims, *((invalidity, pay) if swapped else (pay, invalidity)))
    assert await claims.annuities(life) == ["946.93"]


@pytest.mark.parametrize("swapped", [False, True])
async def test_terms_and_cover(claims: Claims, swapped: bool) -> None:  # noqa: FBT001 - a parameter of the test
    life = Life(agreement=f"accord-{new_id()}")
    terms = life.accord().last
    await tell(claims, life.hired().paid("2026-01").sick("2026-02-01", "2026-06-30").facts[1:])
    cover = life.affiliated().last
    await at_once(claims, *((cover, terms) if swapped else (terms, cover)))
    assert await claims.benefits(life) == {"2026-05": "997.11", "2026-06": "997.11"}


async def test_several_agents_do_not_wait_for_each_other(claims: Claims) -> None:
    """Batches name agents in any order, and hold them in one."""
    lives = [insured() for _ in range(4)]
    await tell(claims, [fact for life in lives for fact in life.facts])
    pays = [fact for life in lives for fact in life.paid("2026-02").last]
    leaves = [fact for life in reversed(lives) for fact in life.sick("2026-03-01", "2026-07-31").last]
    await at_once(claims, pays, leaves)
    assert [await claims.benefits(life) for life in lives] == [await claims.benefits(lives[0])] * 4
