"""The audit of what the gateway's own operations change: clients, accounts, sessions, webhooks, signing keys."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.application.audit import entry_of
from kit.http.auth import caller_of
from kit.http.problem import Problem

PREFIX: Final = "/v1/"
_READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class Administered:
    """A change that a known caller asked for is on record before its answer leaves, whatever the answer is."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in _READING or not scope["path"].startswith(PREFIX):
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        failed: Problem | None = None

        async def recorded(message: Message) -> None:
            nonlocal failed
            caller = caller_of(request.scope)
            if message["type"] == "http.response.start" and caller is not None:
                try:
                    await request.app.state.audit.record(entry_of(request, caller.client, message["status"]))
                except Problem as problem:
                    failed = problem
            if failed is None:
                await send(message)

        await self._app(scope, receive, recorded)
        if failed is not None:
            await failed.response_for(request)(scope, receive, send)
