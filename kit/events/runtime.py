"""Everything that moves events in one process: started and stopped by the application's lifespan."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Literal

from kit.db.database import Database, Scope
from kit.events import parking
from kit.events.consumer import Subscription
from kit.events.delivery import Delivery
from kit.events.feed import Feed
from kit.events.login import Login
from kit.events.parking import Parked
from kit.events.rebuild import rebuild
from kit.events.replaying import replay
from kit.events.sequencer import Sequencer
from kit.events.supervise import supervise
from kit.events.transport import Token, Transport
from kit.events.transport_feed import FeedReader, FeedTransport
from kit.events.transport_kafka import KafkaTransport


class EventRuntime:
    """The feed, the sequencer, the relay and the consumers of one process of one component.

    `feed` answers `GET /v1/events` (router: `kit.events.feed.feed_router`; put it in `app.state.feed`) and needs
    `start()` in every role. With `works` false (role api) nothing else runs. `database` is that of the worker role.
    `producers` are the base URLs of the other components by name, needed with Kafka as well. `instance` names this
    process among those of the component, the same after a restart; by default the host's name.
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
        kafka_login: Login | None = None,
        instance: str = "",
        works: bool = True,
    ) -> None:
        self.feed = Feed(database)
        self.deliveries = {
            delivery.consumer: delivery
            for delivery in (Delivery(database, component, subscription) for subscription in subscriptions)
        }
        unreachable = {s.producer for s in subscriptions} - set(producers) if works else set()
        assert not unreachable, f"no address for the feeds of {sorted(unreachable)}"
        assert len(self.deliveries) == len(subscriptions), "two subscriptions to one producer need names"
        self._database = database
        self._works = works
        # Whether this component keeps its readers' places itself, and no broker does.
        self.follows_feeds = transport == "feed"
        assert transport == "feed" or kafka_bootstrap, "the transport is Kafka, and no broker is named"
        reader = self._reader = FeedReader(producers, token)
        self._transport: Transport = (
            FeedTransport(reader)
            if transport == "feed"
            else KafkaTransport(
                database, kafka_bootstrap, reader, instance=instance or socket.gethostname(), login=kafka_login
            )
        )
        self._sequencer = Sequencer(database)
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Start in the background; returns once listening."""
        await self.feed.start()
        if not self._works:
            return
        await self._sequencer.start()
        self._spawn("relay", self._transport.relay)
        for consumer, delivery in self.deliveries.items():
            self._spawn(consumer, partial(self._transport.consume, delivery))

    async def stop(self) -> None:
        """Stop at once: a batch in progress is rolled back and comes again."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
        await self._reader.close()
        await self._sequencer.stop()
        await self.feed.stop()

    async def parked(self, *, limit: int = 200) -> list[Parked]:
        """The events that wait in this component."""
        async with self._database.transaction(Scope.all()) as tx:
            return await parking.listed(tx, limit=limit)

    async def replay(self, consumer: str, topic: str, key: str) -> int:
        """Try the parked events of a key again, in order; says how many went through. KeyError: no such consumer."""
        return await replay(self.deliveries[consumer], topic, key)

    async def rebuild(self) -> list[str]:
        """Build the projections of this component again, from the first event; names the tables."""
        return await rebuild(list(self.deliveries.values()), self._reader)

    def _spawn(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        self._tasks.append(asyncio.create_task(supervise(name, work), name=name))
