"""The events that wait for a person in one component: shown, and tried again once their cause is mended."""

from __future__ import annotations

from kit.db.database import Scope
from kit.events import parking
from kit.events.parking import Parked
from kit.events.replaying import replay
from kit.settings import Component
from relais.consumers import Consumers, consumers_of
from relais.home import Home

LISTED = 1_000


async def parked_events(home: Home, component: Component) -> list[Parked]:
    """What waits, at most LISTED. Raises CommandError when nothing runs."""
    async with consumers_of(home, component) as consumers:
        return await _listed(consumers)


async def replay_parked(home: Home, component: Component) -> tuple[int, list[Parked]]:
    """Try every key again, each in its order up to the first event that fails; how many went through, what waits."""
    async with consumers_of(home, component) as consumers:
        by_name = {delivery.consumer: delivery for delivery in consumers.deliveries}
        waiting = dict.fromkeys((one.consumer, one.topic, one.key) for one in await _listed(consumers))
        applied = 0
        for consumer, topic, key in waiting:
            applied += await replay(by_name[consumer], topic, key)
        return applied, await _listed(consumers)


async def _listed(consumers: Consumers) -> list[Parked]:
    async with consumers.database.transaction(Scope.all()) as tx:
        return await parking.listed(tx, limit=LISTED)
