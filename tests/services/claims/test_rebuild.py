"""Projections built again from the first event, or lost by a restored producer: what was decided stays."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import text

from kit.db.database import Scope
from kit.events.forgetting import forget
from kit.ids import new_id
from services.claims.application.redecider import Redecider
from services.claims.events import subscriptions
from tests.services.claims.lives import BOOK, NOW, Claims, FixedClock, Life, insured

REFUSED = r"never changed|permission denied"
DUE = {"2026-05": "997.11", "2026-06": "997.11"}


def long_cmo() -> Life:
    return insured().sick("2026-02-01", "2026-02-28").sick("2026-03-01", "2026-06-30")


async def rebuilt(claims: Claims, life: Life, producer: str) -> None:
    """What `relais events rebuild` does for one producer: empty its projections, then apply its events again."""
    (subscription,) = (s for s in subscriptions(BOOK, FixedClock(NOW)) if s.producer == producer)
    for table in subscription.projections:
        await claims.change(f"DELETE FROM {table}")
    facts = [fact for fact in life.facts if fact.producer == producer]
    for fact in facts:
        claims.versions[fact.producer, fact.key] = 0
    await claims.tell(facts)


@pytest.mark.parametrize("producer", ["agreements", "eligibility", "contributions"])
async def test_a_rebuild_decides_nothing_anew(claims: Claims, producer: str) -> None:
    life = long_cmo().paid("2026-02").paid("2026-01", "pay.corrected", ri="300.00").accord(version=2)
    life.invalid("2028-01-01", cnracl_rate="0.4000")
    await claims.tell(life.facts)
    before = await claims.events()
    await rebuilt(claims, life, producer)
    assert await claims.events() == before
    assert await claims.benefits(life) == DUE
    assert await claims.claims(life) == [("leave", "2026-05-02", "decided", None)]


async def test_what_comes_after_a_rebuild_is_decided(claims: Claims) -> None:
    life = long_cmo()
    await claims.tell(life.facts)
    await rebuilt(claims, life, "eligibility")
    await claims.tell(life.sick("2026-07-01", "2026-07-31").last)
    assert await claims.benefits(life) == {**DUE, "2026-07": "997.11"}


async def test_nothing_is_decided_in_the_middle_of_a_rebuild(claims: Claims) -> None:
    life = long_cmo()
    await claims.tell(life.facts)
    before = await claims.events()
    await claims.change("DELETE FROM leave")
    await claims.change("DELETE FROM progress_eligibility")
    await claims.tell(life.paid("2026-01", "pay.corrected", ri="400.00").last)
    assert await claims.events() == before
    assert await claims.benefits(life) == DUE


async def test_a_history_that_a_restored_producer_lost_is_waited_for_no_more(claims: Claims) -> None:
    life = long_cmo()
    await claims.tell(life.facts)
    (subscription,) = (s for s in subscriptions(BOOK, claims.clock) if s.producer == "eligibility")
    assert subscription.on_forgotten is not None
    async with claims.database.worker.transaction(Scope.all()) as tx:
        await subscription.on_forgotten(tx, subscription.topics[0], [str(life.agent)])
    for table in subscription.projections:
        await claims.change(f"DELETE FROM {table}")
    claims.versions["eligibility", str(life.agent)] = 0
    shorter = Life(agent=life.agent, ids=life.ids).hired().affiliated().sick("2026-02-01", "2026-05-15")
    await claims.tell(shorter.facts)
    assert await claims.benefits(life) == {"2026-05": "465.32", "2026-06": "0.00"}


async def test_whom_a_restored_producer_no_longer_knows_is_paid_nothing(claims: Claims) -> None:
    life = long_cmo()
    await claims.tell(life.facts)
    (subscription,) = (s for s in subscriptions(BOOK, claims.clock) if s.producer == "eligibility")
    redecider = Redecider(claims.database.worker, BOOK, claims.clock)
    await redecider.ask_if_law_changed()
    await redecider.drain()
    async with claims.database.worker.transaction(Scope.all()) as tx:
        await forget(tx, "claims.eligibility", subscription, [(subscription.topics[0], str(life.agent))])
        await tx.execute(
            text(
                "INSERT INTO consumer_cursor (consumer, producer, epoch, position, passes_left, updated_at)"
                " VALUES ('claims.eligibility', 'eligibility', gen_random_uuid(), 0, 1, now())"
            )
        )
    assert await redecider.drain() == 0, "while the producer is read again, what it will say is not known"
    assert await claims.benefits(life) == DUE
    await claims.change("UPDATE consumer_cursor SET passes_left = 0")
    assert await redecider.drain() == 1
    assert await claims.benefits(life) == dict.fromkeys(DUE, "0.00")


async def test_a_decision_that_was_tampered_with_is_noticed(claims: Claims) -> None:
    life = long_cmo()
    await claims.tell(life.facts)
    (row, *_) = await claims.rows("SELECT id FROM decision")
    assert isinstance(row["id"], UUID)
    with pytest.raises(Exception, match=REFUSED):
        await claims.change("UPDATE decision SET digest = 'x' WHERE id = :id", id=row["id"])


@pytest.mark.parametrize("table", ["benefit", "annuity", "claim_reference", "ri_maintenance"])
async def test_what_was_issued_is_never_changed(claims: Claims, table: str) -> None:
    with pytest.raises(Exception, match=REFUSED):
        await claims.change(f"DELETE FROM {table}")


async def test_agents_are_decided_apart(claims: Claims) -> None:
    one, two = long_cmo(), Life(agent=new_id()).hired().affiliated().sick("2026-02-01", "2026-06-30").paid("2026-01")
    await claims.tell([*one.facts, *two.facts])
    assert await claims.benefits(one) == await claims.benefits(two) == DUE
