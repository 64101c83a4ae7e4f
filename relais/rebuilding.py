"""Projections of one component built again from the feeds of the others, while the platform runs."""

from __future__ import annotations

from kit.events.rebuild import rebuild
from kit.settings import Component
from relais.consumers import consumers_of
from relais.home import Home


async def rebuild_projections(home: Home, component: Component) -> list[str]:
    """Read every event again, up to the present; the names of the tables. Raises CommandError when nothing runs."""
    async with consumers_of(home, component) as consumers:
        return await rebuild(consumers.deliveries, consumers.reader)
