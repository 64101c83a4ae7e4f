"""A component that is told to stop answers those who wait, and ends."""

from __future__ import annotations

import asyncio
import json
import time

import httpx
import pytest
from fastapi import FastAPI

from kit.http.server import GRACE_S, MAX_HEAD_BYTES
from tests.kit.http.conftest import Sample
from tests.kit.http.serving import running


async def test_a_long_poll_is_answered_when_the_server_stops() -> None:
    app, waiting, told = FastAPI(), asyncio.Event(), asyncio.Event()

    @app.get("/poll")
    async def poll() -> str:
        waiting.set()
        await told.wait()
        return "nothing new"

    async def end() -> None:
        told.set()

    app.state.long_polls = [end]
    async with httpx.AsyncClient(timeout=30) as client:
        async with running(app) as url:
            asked = asyncio.create_task(client.get(f"{url}/poll"))
            await waiting.wait()
            began = time.monotonic()
        assert (await asked).json() == "nothing new"
        assert time.monotonic() - began < GRACE_S / 2


@pytest.mark.parametrize(
    "request_head",
    [
        b"GET /v1/notes/\xff HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST /v1/notes HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /v1/notes HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET /v1/notes HTTP/1.1\r\nHost: x\r\nX-A: \x01\r\n\r\n",
        b"BREW /v1/notes HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
)
async def test_what_is_not_http_is_refused_by_a_problem(sample: Sample, request_head: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", sample.http.base_url.port)
    writer.write(request_head)
    head, _, body = (await asyncio.wait_for(reader.read(), 10)).partition(b"\r\n\r\n")
    writer.close()
    assert head.startswith(b"HTTP/1.1 400 ")
    assert b"content-type: application/problem+json" in head
    assert json.loads(body)["code"] == "malformed_request"


async def test_a_head_without_end_is_refused_before_it_fills_memory(sample: Sample) -> None:
    """Nobody has to be known to send headers. A long body is the application's to judge, and does not count."""
    reader, writer = await asyncio.open_connection("127.0.0.1", sample.http.base_url.port)
    begun = b"POST /v1/notes HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    bodies = b"8000\r\n" + bytes(0x8000) + b"\r\n"
    writer.write(begun + bodies * 3 + b"0\r\n\r\n")
    assert (await reader.readuntil(b"\r\n")).startswith(b"HTTP/1.1 401 ")
    writer.close()
    reader, writer = await asyncio.open_connection("127.0.0.1", sample.http.base_url.port)
    start = b"GET /v1/notes HTTP/1.1\r\nHost: x\r\n"
    writer.write(start + (b"X-A: y\r\n" * MAX_HEAD_BYTES)[: MAX_HEAD_BYTES + 1 - len(start)])
    head, _, body = (await asyncio.wait_for(reader.read(), 10)).partition(b"\r\n\r\n")
    writer.close()
    assert head.startswith(b"HTTP/1.1 431 ")
    assert json.loads(body)["code"] == "head_too_large"


async def test_a_path_with_a_slash_too_many_is_unknown_and_names_no_address(sample: Sample) -> None:
    answer = await sample.http.get("/v1/notes/", headers=sample.issuer.bearer())
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert "location" not in answer.headers


async def test_who_says_nothing_or_half_a_head_is_left(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kit.http.server.HEAD_S", 0.3)
    port = sample.http.base_url.port
    silent, writer = await asyncio.open_connection("127.0.0.1", port)
    assert await asyncio.wait_for(silent.read(), 10) == b""
    writer.close()
    whole = b"GET /v1/notes HTTP/1.1\r\nHost: x\r\n\r\n"
    for before in (b"", whole):  # and on a connection that served before
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(before)
        if before:
            assert (await reader.readuntil(b"\r\n")).startswith(b"HTTP/1.1 401 ")
        writer.write(whole[:-2])
        answer = await asyncio.wait_for(reader.read(), 10)
        writer.close()
        assert answer.count(b"HTTP/1.1 408 ") == 1
        assert b'"code": "head_too_slow"' in answer


async def test_half_a_head_does_not_cut_the_answer_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kit.http.server.HEAD_S", 0.2)
    app, asked, told = FastAPI(), asyncio.Event(), asyncio.Event()

    @app.get("/slow")
    async def slow() -> str:
        asked.set()
        await told.wait()
        return "there"

    async with running(app) as url:
        reader, writer = await asyncio.open_connection("127.0.0.1", httpx.URL(url).port)
        writer.write(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
        await asked.wait()
        writer.write(b"GET /slow HTTP")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.read(1), 1)
        told.set()
        answer = await asyncio.wait_for(reader.read(), 10)
        writer.close()
    assert answer.index(b'"there"') < answer.index(b"HTTP/1.1 408 ")
