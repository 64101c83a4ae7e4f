"""The rate limit of the gateway's own operations: what the proxy does for those of the services."""

from __future__ import annotations

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.limiter import LeasedLimiter
from kit.http.auth import authenticate
from kit.http.problem import Problem

PREFIX = "/v1/"


class Limited:
    """Counts the requests of known callers under /v1; whoever is not known is refused further in."""

    def __init__(self, app: ASGIApp, limiter: LeasedLimiter) -> None:
        self._app, self._limiter = app, limiter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            caller = await authenticate(request)
        except Problem:
            await self._app(scope, receive, send)
            return
        try:
            added = await self._limiter.take(caller.client)
        except Problem as problem:
            await problem.response_for(request)(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *added]
            await send(message)

        await self._app(scope, receive, with_headers)
