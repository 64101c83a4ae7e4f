"""The client of the services, against servers that say exactly these bytes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from gateway import connection, upstream
from gateway.connection import Broken, TooSlow, Unreachable
from gateway.upstream import Answer, Body, Upstream, opened
from relais.ports import free_port
from tests.waiting import eventually

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
HELLO = b"HTTP/1.1 200 OK\r\nX-A: 1\r\ncontent-length: 5\r\n\r\nhello"


@asynccontextmanager
async def talking(talk: Talk) -> AsyncIterator[Upstream]:
    """A service that talks so on each of its connections."""
    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with server, opened({"service": f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/base/"}) as services:
        yield services["service"]


def saying(*answers: bytes, then_close: bool = False) -> Talk:
    """One of these for each request on a connection."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for answer in answers:
            if not await heard(reader):
                break
            writer.write(answer)
            await writer.drain()
        if then_close:
            writer.close()

    return talk


async def heard(reader: asyncio.StreamReader) -> bytes:
    """The head of a request; nothing when there comes none."""
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return b""


async def whole(answer: Answer) -> bytes:
    try:
        found = b""
        while piece := await answer.piece():
            found += piece
        return found
    finally:
        answer.release()


async def get(service: Upstream, method: bytes = b"GET", body: Body = None, patience: float = 60) -> Answer:
    return await service.ask(method, b"/v1/x?y=1", [(b"host", b"h")], body, patience)


async def test_what_is_asked_and_what_is_answered() -> None:
    requests: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while request := await heard(reader):
            requests.append(request)
            if b"content-length: 2" in request:
                await reader.readexactly(2)
            writer.write(b"HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n" + HELLO)

    async with talking(talk) as service:
        for method, body in ((b"GET", None), (b"POST", None), (b"PUT", b"ab")):
            answer = await get(service, method, body)
            assert (answer.status, answer.headers[0], await whole(answer)) == (200, (b"x-a", b"1"), b"hello")
    assert requests == [
        b"GET /base/v1/x?y=1 HTTP/1.1\r\nhost: h\r\n\r\n",
        b"POST /base/v1/x?y=1 HTTP/1.1\r\nhost: h\r\ncontent-length: 0\r\n\r\n",
        b"PUT /base/v1/x?y=1 HTTP/1.1\r\nhost: h\r\ncontent-length: 2\r\n\r\n",
    ]


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", b"abcde"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", b""),
        (b"HTTP/1.1 200 OK\r\n\r\nuntil it ends", b"until it ends"),
    ],
)
async def test_bodies_end_as_http_says(answer: bytes, body: bytes) -> None:
    async with talking(saying(answer, then_close=True)) as service:
        assert await whole(await get(service)) == body


async def test_a_head_has_no_body_and_its_connection_serves_again() -> None:
    async with talking(saying(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n", HELLO)) as service:
        assert await whole(await get(service, b"HEAD")) == b""
        assert await whole(await get(service)) == b"hello"


async def test_an_answer_that_nobody_read_is_not_the_next_one() -> None:
    async with talking(saying(HELLO, HELLO.replace(b"hello", b"again"))) as service:
        (await get(service)).release()
        assert await whole(await get(service)) == b"again"


@pytest.mark.parametrize("method", [b"GET", b"PUT", b"POST"])
async def test_a_kept_connection_that_was_closed_is_asked_again_where_that_does_no_more(method: bytes) -> None:
    """It closes when it hears the second request, so that nobody knows it before."""
    connections = 0

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        await heard(reader)
        writer.write(HELLO)
        await heard(reader)
        writer.close()

    async with talking(talk) as service:
        await whole(await get(service))
        if method == b"POST":
            with pytest.raises(Broken):
                await get(service, method, b"x")
        else:
            assert await whole(await get(service, method, b"x" if method == b"PUT" else None)) == b"hello"
    assert connections == (1 if method == b"POST" else 2)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"nothing like it\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nx: " + b"y" * connection.MAX_HEAD_BYTES,
        b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\ncut",
    ],
    ids=["nothing", "no-http", "endless-head", "cut"],
)
async def test_an_answer_that_is_none_is_broken(answer: bytes) -> None:
    async with talking(saying(answer, then_close=True)) as service:
        with pytest.raises(Broken):
            await whole(await get(service))


async def test_more_than_was_asked_for_is_not_taken_for_the_next_answer() -> None:
    async with talking(saying(HELLO + HELLO.replace(b"hello", b"again"), HELLO)) as service:
        assert [await whole(await get(service)) for _ in range(2)] == [b"hello"] * 2


async def test_a_service_that_says_nothing_is_too_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upstream, "LOOK_S", 0.02)
    halves = (b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf", b"HTTP/1.1 200 OK\r\n\r\nhalf")
    for silent in (saying(), *(saying(half) for half in halves)):

        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, first: Talk = silent) -> None:
            await first(reader, writer)
            await reader.read()

        async with talking(talk) as service:
            with pytest.raises(TooSlow):
                await asyncio.wait_for(whole(await get(service, patience=0.05)), 5)


async def test_after_some_that_failed_nobody_waits_for_another_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = 0
    loop = asyncio.get_running_loop()
    connect = loop.create_connection

    async def counted(*arguments: Any, **more: Any) -> Any:
        nonlocal tried
        tried += 1
        return await connect(*arguments, **more)

    async with opened({"service": f"http://127.0.0.1:{free_port()}"}) as services:
        service = services["service"]
        monkeypatch.setattr(service, "_loop", _Loop(loop, counted))
        for _ in range(upstream.FAILURES + 3):
            with pytest.raises(Unreachable):
                await get(service)
        assert tried == upstream.FAILURES
        service._shut_until = 0.0
        with pytest.raises(Unreachable):
            await get(service)
        assert tried == upstream.FAILURES + 1


class _Loop:
    """The loop, with connections counted."""

    def __init__(self, loop: asyncio.AbstractEventLoop, connect: Callable[..., Awaitable[Any]]) -> None:
        self.time, self.call_later, self.create_connection = loop.time, loop.call_later, connect


async def test_an_answer_given_before_the_body_was_sent_is_passed_on() -> None:
    """A body that is too large is refused at once; the connection is not used again."""
    connections = 0

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        await heard(reader)
        writer.write(HELLO)
        await reader.read()

    async def endless() -> AsyncIterator[bytes]:
        yield b"x" * 1_000
        await asyncio.Event().wait()

    async with talking(talk) as service:
        assert await asyncio.wait_for(whole(await get(service, b"POST", endless())), 5) == b"hello"
        assert await whole(await get(service)) == b"hello"
    assert connections == 2


async def test_what_stops_a_body_is_what_its_sender_is_told() -> None:
    async def stopped() -> AsyncIterator[bytes]:
        yield b"x"
        yield b""
        raise PermissionError

    async with talking(saying()) as service:
        with pytest.raises(PermissionError):
            await asyncio.wait_for(get(service, b"POST", stopped()), 5)


async def test_a_large_answer_waits_for_who_reads_it() -> None:
    """What is held stays bounded while nobody reads; all of it comes."""
    size = 64 * connection.HELD_BYTES
    async with talking(saying(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % size + b"z" * size)) as service:
        answer = await get(service)

        async def made_to_wait() -> bool:
            return answer._connection._paused

        assert await eventually(made_to_wait, "a service made to wait")
        assert answer._connection._held < 4 * connection.HELD_BYTES
        assert len(await whole(answer)) == size


async def test_idle_connections_end_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upstream, "KEEP_IDLE_S", 0.05)
    monkeypatch.setattr(upstream, "LOOK_S", 0.02)
    ended = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await heard(reader)
        writer.write(HELLO)
        await heard(reader)
        ended.set()

    async with talking(talk) as service:
        await whole(await get(service))
        await asyncio.wait_for(ended.wait(), 5)
        assert service._all == set()
