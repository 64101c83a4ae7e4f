"""What the contract tests run on: a source and a sink joined by a transport."""

from __future__ import annotations

import asyncio
import socket
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

import uvicorn
from fastapi import FastAPI, Request, Response
from sqlalchemy import text

from kit.db.database import Database, Scope
from kit.events import parking
from kit.events.consumer import Subscription
from kit.events.delivery import Delivery
from kit.events.feed import Feed, feed_router
from kit.events.kafka_client import SILENCE_SECONDS
from kit.events.parking import Parked
from kit.events.sequencer import Sequencer
from kit.events.supervise import supervise
from kit.events.transport import Transport
from kit.events.transport_feed import FeedReader, FeedTransport
from kit.events.transport_kafka import KafkaTransport
from tests.waiting import eventually

# Smaller than in production, so that tests see several.
SMALL_BATCH: Final = 50


class FeedServer:
    """The feed of a database on a port of its own."""

    def __init__(self, database: Database) -> None:
        self.feed = Feed(database)
        self.asked = 0  # goes up when a request begins and when it ends
        app = FastAPI()
        app.state.feed = self.feed
        app.include_router(feed_router())
        app.middleware("http")(self._count)
        config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", lifespan="off")
        self._server = uvicorn.Server(config)
        self._task: asyncio.Task[None] | None = None
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    async def _count(self, request: Request, answer: Callable[[Request], Awaitable[Response]]) -> Response:
        self.asked += 1
        try:
            return await answer(request)
        finally:
            self.asked += 1

    async def start(self) -> None:
        await self.feed.start()
        self._task = asyncio.create_task(self._server.serve([self._socket]))

    async def stop(self) -> None:
        await self.feed.stop()
        self._server.should_exit = True
        if self._task is not None:
            await self._task


async def no_token() -> str:
    return "test"


class Carrier(ABC):
    """Brings what `source` publishes to the subscription of `sink`, over one transport."""

    def __init__(self, source: Database, sink: Database, subscription: Subscription) -> None:
        self.delivery = Delivery(sink, "sink", subscription)
        self._source = source
        self._server: FeedServer | None = None
        self._sequencer = Sequencer(source)
        self._readers: list[FeedReader] = []
        self._relay: asyncio.Task[None] | None = None
        self._consumer: asyncio.Task[None] | None = None

    @abstractmethod
    def transport(self, reader: FeedReader) -> Transport: ...

    def reader(self) -> FeedReader:
        """A reader of the source's feed, closed at the end of the test."""
        self._readers.append(FeedReader({"source": self.feed_url}, no_token))
        return self._readers[-1]

    @property
    def feed_url(self) -> str:
        return self.server.url

    @property
    def server(self) -> FeedServer:
        """The source's feed, once it is started."""
        assert self._server is not None, "the source is not started"
        return self._server

    async def start_source(self) -> None:
        """Sequencer, feed and relay of `source`."""
        self._server = FeedServer(self._source)
        await self._server.start()
        await self._sequencer.start()
        self._relay = asyncio.create_task(supervise("relay", self.transport(self.reader()).relay))

    async def stop_source(self) -> None:
        await self._end(self._relay)
        await self._sequencer.stop()
        if self._server is not None:
            await self._server.stop()
        self._server = self._relay = None

    async def stop_feed(self) -> None:
        """Only the feed: its URL stays, nobody answers there."""
        if self._server is not None:
            await self._server.stop()

    async def start_sink(self) -> None:
        """The consumer of `sink`."""
        consume = partial(self.transport(self.reader()).consume, self.delivery)
        self._consumer = asyncio.create_task(supervise("sink", consume))

    async def stop_sink(self) -> None:
        """At once, wherever it is."""
        await self._end(self._consumer)
        self._consumer = None

    async def stop(self) -> None:
        await self.stop_sink()
        await self.stop_source()
        for reader in self._readers:
            await reader.close()
        self._readers.clear()

    async def restart(self, *, source_stopped: bool = False) -> None:
        """Both ends; the feed has another port afterwards."""
        if not source_stopped:
            await self.stop_source()
        await self.stop_sink()
        await self.start_source()
        await self.start_sink()

    @abstractmethod
    def process_arguments(self) -> list[str]:
        """What a consumer process is told (sample/process.py), after its database."""

    @abstractmethod
    async def deliver_again(self) -> None:
        """Stop both ends, and start them again as if nothing had been carried yet."""

    async def parked(self, number: int) -> list[Parked]:
        """The events that wait in `sink`, once there are that many."""

        async def as_many() -> tuple[list[Parked]] | None:
            async with self.delivery.database.transaction(Scope.all()) as tx:
                found = await parking.listed(tx, self.delivery.consumer)
            return (found,) if len(found) == number else None

        (found,) = await eventually(as_many, f"{number} parked events")
        return found

    async def _again(self, statement: str) -> None:
        await self.stop()
        database = self._source if "relay" in statement else self.delivery.database
        async with database.transaction(Scope.all()) as tx:
            assert (await tx.execute(text(statement))).rowcount == 1
        await self.start_source()
        await self.start_sink()

    @staticmethod
    async def _end(task: asyncio.Task[None] | None) -> None:
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


class FeedCarrier(Carrier):
    """The embedded transport: sink reads source's feed over HTTP."""

    def transport(self, reader: FeedReader) -> Transport:
        return FeedTransport(reader, batch=SMALL_BATCH)

    def process_arguments(self) -> list[str]:
        return [self.feed_url]

    async def deliver_again(self) -> None:
        await self._again("UPDATE consumer_cursor SET position = 0")


class KafkaCarrier(Carrier):
    """The production transport: a relay, a broker, a consumer group."""

    def __init__(
        self,
        source: Database,
        sink: Database,
        subscription: Subscription,
        bootstrap: str,
        *,
        batch: int = SMALL_BATCH,
    ) -> None:
        super().__init__(source, sink, subscription)
        self.silence = SILENCE_SECONDS
        self._batch = batch
        self._bootstrap = bootstrap
        # The same in every test: a static member keeps its partitions while it is away.

    def transport(self, reader: FeedReader) -> Transport:
        return KafkaTransport(
            self._source, self._bootstrap, reader, instance="tests", batch=self._batch, silence=self.silence
        )

    def process_arguments(self) -> list[str]:
        return [self.feed_url, self._bootstrap]

    async def deliver_again(self) -> None:
        await self._again("UPDATE relay_cursor SET position = 0")
