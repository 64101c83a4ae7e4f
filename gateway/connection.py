"""One connection to a service: a request at a time, its answer parsed by httptools as it comes."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from typing import Any, Final

import httptools

from kit.http.raw import Header

# A head may name everybody in a file (kit/http/subject.py).
MAX_HEAD_BYTES: Final = 1_048_576
# How much of an answer is held for a caller that reads slowly, before the service is made to wait.
HELD_BYTES: Final = 262_144
_INTERIM: Final = 200  # statuses below are followed by the answer's own

Stream = AsyncIterator[bytes]


class UpstreamError(Exception):
    """The service gave no whole answer."""


class Unreachable(UpstreamError):
    """No connection."""


class Full(UpstreamError):
    """As many requests are under way as there may be."""


class TooSlow(UpstreamError):
    """Nothing came for as long as the request may take."""


class Broken(UpstreamError):
    """The connection ended, or what came is no HTTP."""


class Connection(asyncio.Protocol):
    """One request at a time, and its answer as it comes.

    `touched`: when something last went either way; `patience`: seconds that may pass from then on.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._transport: Any = None
        self._parser: Any = None
        self._waiter: asyncio.Future[None] | None = None
        self._writable: asyncio.Future[None] | None = None
        self._paused = self.ended = self.heard = self.complete = self.reusable = False
        self._skip_body = self._until_closed = False
        self._error: BaseException | None = None
        self.status, self.headers = 0, list[Header]()
        self._pieces: deque[bytes] = deque()
        self._held = self._head_bytes = 0
        self.touched = self.patience = 0.0

    @property
    def usable(self) -> bool:
        """Whether another request may be sent."""
        return not self.ended and not self._transport.is_closing()

    @property
    def waits(self) -> bool:
        """Whether somebody waits for the service."""
        return self._waiter is not None

    def ask(self, request: bytes, *, skip_body: bool) -> None:
        """Send a request, or its head."""
        self._parser = httptools.HttpResponseParser(self)
        self.heard = self.complete = self.reusable = self._until_closed = False
        self._skip_body = skip_body
        self.status, self.headers, self._head_bytes = 0, [], 0
        self._pieces.clear()  # of an answer that nobody read
        self._held = 0
        self._transport.write(request)

    async def send(self, body: Stream, *, chunked: bool) -> None:
        """Send the body as it comes, no faster than the service takes it."""
        async for piece in body:
            if self._writable is not None:
                await self._writable
            if self.ended:
                return
            self.touched = self._loop.time()
            if piece:  # an empty chunk would be the last
                self._transport.write(b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece)
        if chunked and not self.ended:
            self._transport.write(b"0\r\n\r\n")

    async def head(self) -> None:
        while self.status < _INTERIM:
            await self._more()

    async def piece(self) -> bytes:
        while not self._pieces:
            if self.complete:
                return b""
            await self._more()
        found = b"".join(self._pieces) if len(self._pieces) > 1 else self._pieces[0]
        self._pieces.clear()
        self._held = 0
        if self._paused and not self.ended:
            self._paused = False
            self._transport.resume_reading()
        return found

    async def _more(self) -> None:
        if self._error is not None:
            raise self._error
        self._waiter = self._loop.create_future()
        self.touched = self._loop.time()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def fail(self, error: BaseException) -> None:
        """End it: whoever waits is told why."""
        if self._error is None:
            self._error = error
        self.abort()
        self._wake()

    def abort(self) -> None:
        self.ended = True
        if self._transport is not None:
            self._transport.abort()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    # What the loop says.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        self.ended = True
        if self._until_closed and exc is None and self._error is None:
            self.complete = True
        if self._error is None:
            self._error = Broken()
        self.resume_writing()
        self._wake()

    def pause_writing(self) -> None:
        self._writable = self._loop.create_future()

    def resume_writing(self) -> None:
        if self._writable is not None and not self._writable.done():
            self._writable.set_result(None)
        self._writable = None

    def data_received(self, data: bytes) -> None:
        if self._parser is None or self.complete:  # nobody asked, or more than what was asked
            self.abort()
            return
        self.heard = True
        self.touched = self._loop.time()
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self.fail(Broken())
            return
        if self.status < _INTERIM:
            self._head_bytes += len(data)
            if self._head_bytes > MAX_HEAD_BYTES:
                self.fail(Broken())
            return
        if self._held > HELD_BYTES and not self._paused and not self.complete:
            self._paused = True
            self._transport.pause_reading()
        self._wake()

    # What the parser says.

    def on_message_begin(self) -> None:
        if self.complete:
            raise ValueError("more than what was asked")
        self.headers = []

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        self.status = self._parser.get_status_code()
        if self.status < _INTERIM:
            return
        if self._skip_body:
            self._end()
        else:
            names = {name for name, _ in self.headers}
            self._until_closed = b"content-length" not in names and b"transfer-encoding" not in names

    def on_body(self, body: bytes) -> None:
        self._pieces.append(body)
        self._held += len(body)

    def on_message_complete(self) -> None:
        if self.status >= _INTERIM:
            self._end()

    def _end(self) -> None:
        self.complete = True
        self.reusable = self._parser.should_keep_alive()
