"""What crosses the door, what does not, and what happens when the service behind it dies."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import httpx
import pytest

from gateway.routes import ROUTES, service_of
from gateway.upstream import opened
from kit.http.limits import MAX_DEPTH
from relais.ports import free_port
from tests.gateway.conftest import MINE, OTHER, Door
from tests.waiting import eventually


async def raw(door: Door, request: bytes) -> bytes:
    """Bytes on the wire, as no HTTP library would send them."""
    url = httpx.URL(door.http.base_url)
    reader, writer = await asyncio.open_connection(url.host, url.port)
    writer.write(request)
    await writer.drain()
    writer.write_eof()
    answer = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    return answer


@asynccontextmanager
async def behind(door: Door, url: str) -> AsyncIterator[None]:
    """Another service behind the door for a while."""
    upstreams = door.gateway.state.upstreams
    async with opened({"eligibility": url}) as others:
        before, upstreams["eligibility"] = upstreams["eligibility"], others["eligibility"]
        try:
            yield
        finally:
            upstreams["eligibility"] = before


async def test_a_request_and_its_answer_pass_unchanged(door: Door) -> None:
    headers = await door.bearer() | {"content-type": "application/json", "accept-language": "en"}
    answer = await door.http.post(
        "/v1/agents/a%20b?x=1&x=%C3%A9&status=418", content='{"a": "é"}'.encode(), headers=headers
    )
    seen = answer.json()
    assert answer.status_code == 418
    assert (seen["method"], seen["path"], seen["query"]) == ("POST", "/v1/agents/a%20b", "x=1&x=%C3%A9&status=418")
    assert seen["body"].encode("latin-1").decode() == '{"a": "é"}'
    assert dict(seen["headers"])["accept-language"] == "en"
    assert dict(seen["headers"])["authorization"] == headers["authorization"]
    assert answer.headers["x-kept"] == "yes"
    assert answer.headers.get_list("set-cookie") == ["a=1", "b=2"]


async def test_headers_of_the_hop_stay_on_the_hop(door: Door) -> None:
    lies = {
        "x-forwarded-for": "6.6.6.6",
        "x-forwarded-host": "evil.test",
        "forwarded": "for=6.6.6.6",
        "x-real-ip": "6.6.6.6",
        "x-original-url": "/v1/pay",
        "connection": "keep-alive, x-hop",
        "x-hop": "1",
        "te": "trailers",
        "proxy-authorization": "Basic x",
        "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    }
    answer = await door.http.get("/v1/agents", headers=await door.bearer() | lies)
    seen = [(name, value) for name, value in answer.json()["headers"]]
    names = [name for name, _ in seen]
    for gone in ("forwarded", "x-real-ip", "x-original-url", "x-hop", "te", "proxy-authorization"):
        assert gone not in names
    assert dict(seen)["x-forwarded-for"] == "127.0.0.1"
    assert dict(seen)["x-forwarded-host"] == httpx.URL(door.http.base_url).netloc.decode()
    assert dict(seen)["traceparent"].startswith("00-4bf92f3577b34da6a3ce929d0e0e4736-")
    assert dict(seen)["traceparent"] != lies["traceparent"]
    assert names.count("host") == 1
    assert "x-dropped" not in answer.headers


async def test_an_answer_streams(door: Door) -> None:
    async with door.http.stream("GET", "/v1/agents/stream", headers=await door.bearer()) as answer:
        chunks = answer.aiter_raw()
        assert await asyncio.wait_for(anext(chunks), 5) == b"first\n"
        door.upstream.streamed.set()
        assert await asyncio.wait_for(anext(chunks), 5) == b"second\n"


async def test_an_upload_streams(door: Door) -> None:
    async def lines() -> AsyncIterator[bytes]:
        yield b"a" * 1000
        await asyncio.wait_for(door.upstream.streamed.wait(), 10)  # the first bytes are already behind the door
        for _ in range(40):
            yield b"b" * 65_536

    headers = await door.bearer() | {"content-type": "application/x-ndjson"}
    answer = await door.http.post("/v1/agents/upload", content=lines(), headers=headers)
    assert answer.json() == {"bytes": 1000 + 40 * 65_536}


async def test_a_service_that_cannot_be_reached_is_503(door: Door) -> None:
    async with behind(door, f"http://127.0.0.1:{free_port()}"):
        answer = await door.http.get("/v1/agents", headers=await door.bearer())
    assert (answer.status_code, answer.json()["code"]) == (503, "service_unavailable")
    assert answer.json()["retry_in"] > 0


async def test_a_service_that_hangs_is_refused_at_once_and_holds_no_other_up(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.upstream.MOST_AT_ONCE", 2)
    headers = await door.bearer()
    async with AsyncExitStack() as hanging:
        for _ in range(2):
            await hanging.enter_async_context(door.http.stream("GET", "/v1/agents/stream", headers=headers))
        refused = await door.http.get("/v1/agents", headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (503, "service_unavailable")
        assert refused.json()["retry_in"] > 0
        assert (await door.http.get("/v1/pay", headers=headers)).status_code == 200
        door.upstream.streamed.set()

    async def again() -> bool:
        return (await door.http.get("/v1/agents", headers=headers)).status_code == 200

    assert await eventually(again, "the service's turn")


async def test_a_caller_whose_requests_last_leaves_the_others_their_part(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many slow uploads as a service takes at once would keep everybody else out of it."""
    monkeypatch.setattr("gateway.proxy.MOST_OF_A_CLIENT", 2)
    headers, others = await door.bearer(), await door.bearer("insurer-a")
    async with AsyncExitStack() as lasting:
        for _ in range(2):
            await lasting.enter_async_context(door.http.stream("GET", "/v1/agents/stream", headers=headers))
        refused = await door.http.get("/v1/agents", headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (429, "too_many_at_once")
        assert refused.json()["retry_in"] > 0
        assert (await door.http.get("/v1/agents", headers=others)).status_code == 200
        door.upstream.streamed.set()

    async def again() -> bool:
        return (await door.http.get("/v1/agents", headers=headers)).status_code == 200

    assert await eventually(again, "the caller's own part")


async def test_a_service_that_dies_before_answering_is_502(door: Door) -> None:
    async def slam(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(slam, "127.0.0.1", 0)
    async with server, behind(door, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"):
        answer = await door.http.post("/v1/agents", json={}, headers=await door.bearer())
    assert (answer.status_code, answer.json()["code"]) == (502, "bad_gateway")


async def test_an_answer_cut_half_way_is_cut_for_the_caller_too(door: Door) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        await door.http.get("/v1/agents/dies-half-way", headers=await door.bearer())


@pytest.mark.parametrize(
    "path",
    [
        "/v1/nowhere",
        "/v1/paymasters",
        "/v1/agents/../../health/ready",
        "/v1/agents/%2e%2e/%2e%2e/metrics",
        "/v1/agents//x",
        "/v1/agents/a%2fb",
        "/v1/agents/a%5cb",
        "/v1/agents/x/..",
        "/v1/agents/a;b",
        "/v1/agents/a%00b",
        "/v1/simulations/unknown",
    ],
)
async def test_a_path_that_is_nobodys_or_reads_two_ways_is_404(door: Door, path: str) -> None:
    head = f"GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n"
    bearer = (await door.bearer())["authorization"]
    answer = await raw(door, f"{head}authorization: {bearer}\r\n\r\n".encode())
    assert answer.split()[1] == b"404"
    assert b"application/problem+json" in answer


@pytest.mark.parametrize(
    "headers",
    [
        "authorization: Bearer a\r\nauthorization: Bearer b\r\n",
        f"x-acting-employer: {MINE}\r\nx-acting-employer: {OTHER}\r\n",
        "idempotency-key: 1\r\nidempotency-key: 2\r\n",
        "content-length: 5\r\ntransfer-encoding: chunked\r\n",
        "content-length: 5\r\ncontent-length: 6\r\n",
    ],
)
async def test_ambiguous_headers_are_refused(door: Door, headers: str) -> None:
    answer = await raw(
        door, f"POST /v1/agents HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{headers}\r\n0\r\n\r\n".encode()
    )
    assert answer.split()[1] == b"400"


async def test_the_door_checks_who_calls(door: Door) -> None:
    assert (await door.http.get("/v1/agents")).status_code == 401
    assert (await door.http.get("/v1/agents", headers={"authorization": "Bearer a.b.c"})).status_code == 401
    other = await door.bearer() | {"x-acting-employer": OTHER}
    assert (await door.http.get("/v1/agents", headers=other)).status_code == 403
    mine = await door.bearer() | {"x-acting-employer": MINE}
    assert dict((await door.http.get("/v1/agents", headers=mine)).json()["headers"])["x-acting-employer"] == MINE


async def test_bodies_too_large_or_too_deep_stop_at_the_door(door: Door) -> None:
    headers = await door.bearer() | {"content-type": "application/json"}
    large = await door.http.post("/v1/agents", content=b" " * 2_000_000, headers=headers)
    assert (large.status_code, large.json()["code"]) == (413, "too_large")
    levels = MAX_DEPTH + 1
    deep = await door.http.post("/v1/agents", content=b"[" * levels + b"]" * levels, headers=headers)
    assert (deep.status_code, deep.json()["code"]) == (422, "too_deep")


async def test_head_has_no_body(door: Door) -> None:
    answer = await door.http.head("/v1/agents", headers=await door.bearer())
    assert (answer.status_code, answer.content) == (200, b"")


def test_every_route_reaches_its_service() -> None:
    for prefix, service in ROUTES.items():
        assert service_of(prefix) == service_of(f"{prefix}/x/y") == service_of(f"{prefix}:bulk") == service
    assert service_of("/v1/simulations") is None
    assert service_of("/v1") is None
    assert service_of("/v1/events") is None
