"""What the door asks services with: HTTP/1.1 over connections that are kept, streaming both ways.

A client library costs more than all the door's policies together (docs/adr/0007-gateway-proxy.md).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Final
from urllib.parse import urlsplit

from gateway.connection import Broken, Connection, Full, Stream, TooSlow, Unreachable
from kit.http.outgoing import trust
from kit.http.raw import Header

CONNECT_S: Final = 2.0
# Shorter than the services keep idle connections (kit.http.server.KEEP_ALIVE_S): a write never meets a closing one.
KEEP_IDLE_S: Final = 30.0
# Requests of one service under way at once, in a process: one that hangs holds these and no other's. Beyond, nobody
# waits in a line that does not move.
MOST_AT_ONCE: Final = 250
# After so many connections in a row that failed, nobody waits for another for a while.
FAILURES: Final = 3
SHUT_S: Final = 1.0
LOOK_S: Final = 1.0
# Asked again where a kept connection turns out to be closed: twice does no more than once (RFC 9110 §9.2.2).
IDEMPOTENT: Final = frozenset({b"GET", b"HEAD", b"OPTIONS", b"PUT", b"DELETE"})
_WITH_BODY: Final = frozenset({b"POST", b"PUT", b"PATCH"})

Body = bytes | Stream | None


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


@asynccontextmanager
async def opened(base_urls: dict[str, str]) -> AsyncIterator[dict[str, Upstream]]:
    """The services by name, until their connections are closed."""
    made = {name: Upstream(url) for name, url in base_urls.items()}
    try:
        yield made
    finally:
        for one in made.values():
            one.close()
