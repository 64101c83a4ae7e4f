"""What the door asks services with: HTTP/1.1 over connections that are kept, parsed by httptools, streaming both ways.

A client library costs more than all the door's policies together (docs/adr/0007-gateway-proxy.md).
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any, Final
from urllib.parse import urlsplit

import httptools

from kit.http.outgoing import trust
from kit.http.raw import Header

CONNECT_S: Final = 2.0
# Shorter than the services keep idle connections (kit.http.server.KEEP_ALIVE_S): a write never meets a closing one.
KEEP_IDLE_S: Final = 30.0
# Requests of one service under way at once, in a process: one that hangs holds these and no other's. Beyond, nobody
# waits in a line that does not move.
MOST_AT_ONCE: Final = 250
MAX_HEAD_BYTES: Final = 65_536
# How much of an answer is held for a caller that reads slowly, before the service is made to wait.
HELD_BYTES: Final = 262_144
# After so many connections in a row that failed, nobody waits for another for a while.
FAILURES: Final = 3
SHUT_S: Final = 1.0
LOOK_S: Final = 1.0
# Asked again where a kept connection turns out to be closed: twice does no more than once (RFC 9110 §9.2.2).
IDEMPOTENT: Final = frozenset({b"GET", b"HEAD", b"OPTIONS", b"PUT", b"DELETE"})
_WITH_BODY: Final = frozenset({b"POST", b"PUT", b"PATCH"})
_INTERIM: Final = 200  # statuses below are followed by the answer's own

Stream = AsyncIterator[bytes]
Body = bytes | Stream | None


class UpstreamError(Exception):
    """The service gave no whole answer."""


class Unreachable(UpstreamError):
    """No connection."""


class Full(UpstreamError):
    """MOST_AT_ONCE requests are under way."""


class TooSlow(UpstreamError):
    """Nothing came for as long as the request may take."""


class Broken(UpstreamError):
    """The connection ended, or what came is no HTTP."""


class Upstream:
    """One service, by its base URL. Made in a running loop; `close` ends its connections."""

    def __init__(self, base_url: str) -> None:
        parts = urlsplit(base_url)
        secure = parts.scheme == "https"
        self._host, self._port = parts.hostname or "", parts.port or (443 if secure else 80)
        self._tls = trust() if secure else None
        self._start = b" " + parts.path.rstrip("/").encode()
        self._idle: list[Connection] = []
        self._all: set[Connection] = set()
        self._under_way = 0
        self._failed, self._shut_until = 0, 0.0
        self._loop = asyncio.get_running_loop()
        self._looking = self._loop.call_later(LOOK_S, self._look)

    async def ask(self, method: bytes, target: bytes, headers: Iterable[Header], body: Body, patience: float) -> Answer:
        """The answer, once its head is there; the caller releases it. Raises UpstreamError, and what `body` raises.

        `patience`: seconds that nothing may come.
        """
        head = [method, self._start, target, b" HTTP/1.1\r\n"]
        for name, value in headers:
            head += (name, b": ", value, b"\r\n")
        streamed = None if body is None or isinstance(body, bytes) else body
        chunked = streamed is not None and not any(name == b"content-length" for name, _ in headers)
        if chunked:
            head.append(b"transfer-encoding: chunked\r\n")
        elif streamed is None and (body or method in _WITH_BODY):
            head.append(b"content-length: %d\r\n" % len(body or b""))  # type: ignore[arg-type]  # bytes, as nothing streams
        head += (b"\r\n", body) if isinstance(body, bytes) else (b"\r\n",)
        if self._under_way >= MOST_AT_ONCE:
            raise Full
        self._under_way += 1
        try:
            return await self._asked(method, b"".join(head), streamed, patience, chunked=chunked)
        except BaseException:
            self._under_way -= 1
            raise

    async def _asked(
        self, method: bytes, request: bytes, body: Stream | None, patience: float, *, chunked: bool
    ) -> Answer:
        connection = self._kept()
        if connection is not None:
            answer = Answer(self, connection, patience)
            try:
                await answer.begin(method, request, body, chunked=chunked)
            except Broken:
                if connection.heard or body is not None or method not in IDEMPOTENT:
                    raise
            else:
                return answer
        answer = Answer(self, await self._connected(), patience)
        await answer.begin(method, request, body, chunked=chunked)
        return answer

    def _kept(self) -> Connection | None:
        while self._idle:
            connection = self._idle.pop()
            if connection.usable:
                return connection
            self._all.discard(connection)
        return None

    async def _connected(self) -> Connection:
        if self._loop.time() < self._shut_until:
            raise Unreachable
        try:
            async with asyncio.timeout(CONNECT_S):
                _, made = await self._loop.create_connection(
                    lambda: Connection(self._loop), self._host, self._port, ssl=self._tls
                )
        except (OSError, TimeoutError) as error:
            self._failed += 1
            if self._failed >= FAILURES:
                self._shut_until = self._loop.time() + SHUT_S
            raise Unreachable from error
        self._failed = 0
        self._all.add(made)
        return made

    def take_back(self, connection: Connection, *, reusable: bool) -> None:
        """An answer was read, or given up."""
        self._under_way -= 1
        if reusable and connection.usable:
            connection.touched = self._loop.time()
            self._idle.append(connection)
        else:
            self.drop(connection)

    def drop(self, connection: Connection) -> None:
        """A connection that nothing is asked of any more."""
        self._all.discard(connection)
        connection.abort()

    def _look(self) -> None:
        """Once a second: give up answers of which nothing comes, and connections that nobody used for long."""
        now = self._loop.time()
        for connection in self._all:
            if connection.waits and now - connection.touched > connection.patience:
                connection.fail(TooSlow())
        for connection in [one for one in self._idle if not one.usable or now - one.touched > KEEP_IDLE_S]:
            self._idle.remove(connection)
            self.drop(connection)
        self._looking = self._loop.call_later(LOOK_S, self._look)

    def close(self) -> None:
        self._looking.cancel()
        for connection in self._all:
            connection.abort()


class Answer:
    """What a service answers: its status and headers (names in lower case), then its body piece by piece."""

    def __init__(self, upstream: Upstream, connection: Connection, patience: float) -> None:
        self._upstream, self._connection = upstream, connection
        connection.patience = patience
        self._sending: asyncio.Task[None] | None = None

    @property
    def status(self) -> int:
        return self._connection.status

    @property
    def headers(self) -> list[Header]:
        return self._connection.headers

    @property
    def complete(self) -> bool:
        """Whether what is not read yet is there."""
        return self._connection.complete

    async def begin(self, method: bytes, request: bytes, body: Stream | None, *, chunked: bool) -> None:
        """Send the request until the head of its answer is there. On an error nothing is left to release."""
        connection = self._connection
        try:
            connection.ask(request, skip_body=method == b"HEAD")
            if body is not None:
                self._sending = asyncio.create_task(connection.send(body, chunked=chunked))
                self._sending.add_done_callback(self._sent)
            await connection.head()
        except BaseException:
            self._stop_sending()
            self._upstream.drop(connection)
            raise

    def _sent(self, sending: asyncio.Task[None]) -> None:
        """A body that cannot be sent ends the wait for its answer, by what went wrong."""
        if not sending.cancelled() and (error := sending.exception()) is not None:
            self._connection.fail(error)

    async def piece(self) -> bytes:
        """The next piece; empty at the end. Raises UpstreamError when it is cut."""
        return await self._connection.piece()

    def release(self) -> None:
        """Read or not: the connection is used again where both sides are through with this request."""
        sent = self._stop_sending()
        self._upstream.take_back(self._connection, reusable=sent and self._connection.reusable)

    def _stop_sending(self) -> bool:
        """Whether the whole request was sent."""
        if self._sending is None or (self._sending.done() and not self._sending.cancelled()):
            return self._sending is None or self._sending.exception() is None
        self._sending.cancel()
        return False


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


@asynccontextmanager
async def opened(base_urls: dict[str, str]) -> AsyncIterator[dict[str, Upstream]]:
    """The services by name, until their connections are closed."""
    made = {name: Upstream(url) for name, url in base_urls.items()}
    try:
        yield made
    finally:
        for one in made.values():
            one.close()
