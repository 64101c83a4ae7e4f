"""What the contract tests run on: a source and a sink joined by a transport."""

from __future__ import annotations

import asyncio
import socket
from functools import partial
from typing import Protocol

import uvicorn
from fastapi import FastAPI

from kit.db.database import Database
from kit.events.consumer import Subscription
from kit.events.delivery import Delivery
from kit.events.feed import Feed, feed_router
from kit.events.sequencer import Sequencer
from kit.events.supervise import supervise
from kit.events.transport import Transport
from kit.events.transport_feed import FeedReader, FeedTransport


class Carrier(Protocol):
    """Brings what `source` publishes to the subscription of `sink`."""

    delivery: Delivery

    async def start_source(self) -> None: ...
    async def stop_source(self) -> None: ...
    async def start_sink(self) -> None: ...
    async def stop_sink(self) -> None: ...
    async def stop(self) -> None: ...


class FeedServer:
    """The feed of a database on a port of its own."""

    def __init__(self, database: Database) -> None:
        self.feed = Feed(database)
        app = FastAPI()
        app.state.feed = self.feed
        app.include_router(feed_router())
        config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", lifespan="off")
        self._server = uvicorn.Server(config)
        self._task: asyncio.Task[None] | None = None
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"

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


class FeedCarrier:
    """The embedded transport: sink reads source's feed over HTTP."""

    def __init__(self, source: Database, sink: Database, subscription: Subscription) -> None:
        self.delivery = Delivery(sink, "sink", subscription)
        self._source = source
        self._server: FeedServer | None = None
        self._sequencer = Sequencer(source)
        self._transport: Transport | None = None
        self._task: asyncio.Task[None] | None = None

    async def start_source(self) -> None:
        self._server = FeedServer(self._source)
        await self._server.start()
        await self._sequencer.start()

    async def stop_source(self) -> None:
        await self._sequencer.stop()
        if self._server is not None:
            await self._server.stop()

    async def start_sink(self) -> None:
        assert self._server is not None
        self._transport = FeedTransport(FeedReader({"source": self._server.url}, no_token), batch=50)
        self._task = asyncio.create_task(supervise("sink", partial(self._transport.consume, self.delivery)))

    async def stop_sink(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._transport is not None:
            await self._transport.close()
        self._task = self._transport = None

    async def stop(self) -> None:
        await self.stop_sink()
        await self.stop_source()
