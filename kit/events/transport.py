"""How events travel between components: one small interface, two implementations, the same contract tests."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from kit.events.delivery import Delivery

# Gives a bearer token with the scope `events:read`; called for each request, so it caches.
Token = Callable[[], Awaitable[str]]


class Transport(Protocol):
    """Carries events at least once; those of one (topic, key) in the order of their versions, unless redelivered."""

    async def relay(self) -> None:
        """Carry this component's outbox away, for as long as it runs. Waits where readers come for it."""
        ...

    async def consume(self, delivery: Delivery) -> None:
        """Bring the events of a subscription, for as long as it runs; cancelled at any point, it loses nothing."""
        ...
