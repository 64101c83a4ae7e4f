"""Everything that moves events in one process: started and stopped by the application's lifespan."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Literal

from kit.db.database import Database
from kit.events.consumer import Subscription
from kit.events.feed import Feed

# Gives a bearer token with the scope `events:read`; called for each request, so it caches.
Token = Callable[[], Awaitable[str]]


class EventRuntime:
    """The feed, the sequencer, the relay and the consumers of one process of one component.

    `feed` answers `GET /v1/events` (router: `kit.events.feed.feed_router`; put it in `app.state.feed`) and needs
    `start()` in every role. With `works` false (role api) nothing else runs. `database` is that of the worker role.
    `producers` are the base URLs of the other components by name.
    """

    def __init__(
        self,
        component: str,
        database: Database,
        subscriptions: Sequence[Subscription] = (),
        *,
        producers: Mapping[str, str],
        token: Token,
        transport: Literal["feed", "kafka"] = "feed",
        kafka_bootstrap: str = "",
        works: bool = True,
    ) -> None:
        self.feed = Feed(database)
        self._component = component
        self._database = database
        self._subscriptions = tuple(subscriptions)
        self._producers = dict(producers)
        self._token = token
        self._transport = transport
        self._kafka_bootstrap = kafka_bootstrap
        self._works = works

    async def start(self) -> None:
        """Start in the background; returns once listening."""
        await self.feed.start()

    async def stop(self) -> None:
        """Stop between two batches: nothing is left half done."""
        await self.feed.stop()
