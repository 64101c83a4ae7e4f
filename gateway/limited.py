"""The rate limit of the gateway's own operations: what the proxy does for those of the services."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.application.activity import note
from gateway.limiter import LeasedLimiter
from kit.http.auth import authenticate
from kit.http.problem import Problem
from kit.http.raw import Header

PREFIX: Final = "/v1/"


class Limited:
    """Counts the requests of known callers to these resources; whoever is not known is refused further in."""

    def __init__(self, app: ASGIApp, limiter: LeasedLimiter, paths: Iterable[str]) -> None:
        self._app, self._limiter = app, limiter
        self._resources = frozenset(_resource(path) for path in paths if path.startswith(PREFIX))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or _resource(scope["path"]) not in self._resources:
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            caller = await authenticate(request)
        except Problem:
            await self._app(scope, receive, send)
            return
        added: list[Header] = []

        async def with_headers(message: Message) -> None:
            note(request, message)
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *added]
            await send(message)

        try:
            added = await self._limiter.take(caller.client)
        except Problem as problem:
            await problem.response_for(request)(scope, receive, with_headers)
            return

        await self._app(scope, receive, with_headers)


def _resource(path: str) -> str:
    """What a path is about.

    >>> _resource("/v1/webhooks/42/keys")
    '/v1/webhooks'
    """
    return "/".join(path.split("/", 3)[:3])
