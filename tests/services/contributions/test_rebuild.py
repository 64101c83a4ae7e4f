"""A run while the facts of other services are read again."""

from __future__ import annotations

import pytest

from kit.db.database import Scope
from kit.events import place
from kit.events.delivery import Delivery
from kit.events.reset import reset
from services.contributions.domain.errors import FactsIncomplete
from services.contributions.events import subscriptions
from tests.services.contributions.world import World, affiliated, amounts, hired


async def settle(delivery: Delivery) -> None:
    """The consumer has read everything."""
    while not (here := await place.load(delivery)).is_settled:
        await place.end_pass(delivery, here)


async def test_nothing_is_taken_back_because_it_is_read_again(world: World) -> None:
    agent = await world.member("M1")
    await world.elect(agent, "DEATH", "2025-01-01")
    await world.pay("M1", "2025-06", tib="2113.92", ri="300.00")
    deliveries = [Delivery(world.database.worker, "contributions", one) for one in subscriptions()]
    for delivery in deliveries:
        await settle(delivery)
    issued = amounts(await world.run("2025-06"))
    assert [guarantee for _, guarantee, _ in issued] == ["BASE", "DEATH"]
    async with world.database.worker.transaction(Scope.all()) as tx:
        assert "option_election" in await reset(tx, deliveries)
    await world.accord()
    await world.tell("agent.hired", hired("M1", agent))
    await world.tell("affiliation.started", affiliated(agent))
    with pytest.raises(FactsIncomplete):
        await world.run("2025-06")
    with pytest.raises(FactsIncomplete):
        await world.run("2025-06", dry_run=True)
    await world.elect(agent, "DEATH", "2025-01-01")
    for delivery in deliveries:
        if delivery.subscription.producer != "claims":  # no run rests on benefits
            await settle(delivery)
    assert amounts(await world.run("2025-06")) == []


async def test_pay_is_told_of_whoever_has_the_matricule_after_a_restore(world: World) -> None:
    """The producer was restored to before the hire. Sent again, it gives another agent; the pay is the same."""
    lost = await world.hire("M1")
    await world.pay("M1", "2025-06", tib="2400.00")
    await world.pay("M1", "2025-06", 1, tib="2500.00")
    await world.database.admin.execute("DELETE FROM agent_matricule")
    again = await world.hire("M1")
    await world.hire("M1", agent=again)
    for kind in ("pay.recorded", "pay.corrected"):
        told = await world.events(kind)
        assert [one["agent"] for one in told] == [str(lost), str(again)]
