"""A service behind the gateway, that shows what reached it and misbehaves when asked to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route


def crowd(people: int) -> list[str]:
    """As many ids of agents."""
    return [f"0190b0c4-0000-7000-8000-{number:012x}" for number in range(people)]


class Upstream:
    def __init__(self) -> None:
        self.ready = True
        self.streamed = asyncio.Event()
        self.received: list[int] = []
        self.app = Starlette(
            routes=[
                Route("/health/ready", self.health),
                Route("/openapi.json", self.document),
                Route("/v1/agents/stream", self.stream),
                Route("/v1/agents/upload", self.upload, methods=["POST"]),
                Route("/v1/agents/dies", self.dies),
                Route("/v1/agents/dies-half-way", self.dies_half_way),
                Route("/{path:path}", self.echo, methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]),
            ]
        )

    async def health(self, _request: Request) -> Response:
        return JSONResponse({}, 200 if self.ready else 503)

    async def document(self, _request: Request) -> Response:
        paths = {"/v1/agents": {"get": {"operationId": "index", "responses": {}}}, "/v1/events": {"get": {}}}
        return JSONResponse({"openapi": "3.1.0", "info": {"title": "x", "version": "1"}, "paths": paths})

    async def echo(self, request: Request) -> Response:
        """What arrived, headers as a list so that repeats show."""
        body = await request.body()
        shown = {
            "method": request.method,
            "path": request.scope["raw_path"].decode(),
            "query": request.scope["query_string"].decode(),
            "headers": [[n.decode(), v.decode("latin-1")] for n, v in request.headers.raw],
            "body": body.decode("latin-1"),
        }
        response = JSONResponse(shown, int(request.query_params.get("status", 200)))
        response.headers["x-kept"] = "yes"
        if "about" in request.query_params:
            response.headers["relais-agent"] = request.query_params["about"]
        if "crowd" in request.query_params:
            response.headers["relais-agent"] = ",".join(crowd(int(request.query_params["crowd"])))
        response.headers["connection"] = "x-dropped"
        response.headers["x-dropped"] = "secret"
        response.raw_headers += [(b"set-cookie", b"a=1"), (b"set-cookie", b"b=2")]
        return response

    async def stream(self, _request: Request) -> Response:
        """The second chunk leaves only once the test has seen the first."""

        async def chunks() -> AsyncIterator[bytes]:
            yield b"first\n"
            await asyncio.wait_for(self.streamed.wait(), 10)
            yield b"second\n"

        return StreamingResponse(chunks())

    async def upload(self, request: Request) -> Response:
        self.received = []
        async for chunk in request.stream():
            self.received.append(len(chunk))
            self.streamed.set()
        return JSONResponse({"bytes": sum(self.received)})

    async def dies(self, _request: Request) -> Response:
        raise asyncio.CancelledError

    async def dies_half_way(self, _request: Request) -> Response:
        async def chunks() -> AsyncIterator[bytes]:
            yield b"half"
            raise RuntimeError("gone")

        return StreamingResponse(chunks(), headers={"content-length": "100"})
