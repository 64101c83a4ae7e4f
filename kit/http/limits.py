"""How large and how deep a body may be: checked in pure ASGI, before anything reads it.

A JSON body is held whole (it is bounded) so that its depth is known before it is parsed. Other bodies stream through
and are counted.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from typing import Final

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kit.http.problem import Problem
from kit.http.strict_json import too_deep

MAX_DEPTH: Final = 32
# Files sent for import stream in chunks; they have their own bound.
MAX_FILE_BYTES: Final = 256 * 1024 * 1024
# How much of a body that is too large is read and thrown away, at most.
DRAIN_BYTES: Final = 8 * 1024 * 1024
DRAIN_S: Final = 2.0
# How long the next part of a body may take: who says that one comes and sends nothing holds a connection for nothing.
IDLE_S: Final = 30.0
_ANNOUNCED: Final = frozenset({b"content-length", b"transfer-encoding"})
# A string that is not closed reaches to the end: tried again from each of its quotes, it would take the square of it.
_STRING: Final = re.compile(rb'"(?:[^"\\]|\\.)*+"?', re.DOTALL)
_EMPTY_PAIR: Final = re.compile(rb"\[\]|\{\}")
_NOT_BRACKETS: Final = bytes(set(range(256)) - set(b"[]{}"))


class BodyTooLarge(Problem):
    """413, also raised while a body streams."""

    def __init__(self) -> None:
        super().__init__(
            413,
            "too_large",
            "Corps trop volumineux",
            "Body too large",
            detail_fr="Le corps de la demande dépasse la taille permise.",
            detail_en="The body of the request exceeds the size allowed.",
            headers={"connection": "close"},
        )


class BodyTooSlow(Problem):
    """408, also raised while a body streams."""

    def __init__(self) -> None:
        super().__init__(
            408,
            "too_slow",
            "Corps trop lent",
            "Body too slow",
            detail_fr="La suite du corps de la demande n'est pas arrivée à temps.",
            detail_en="The rest of the body did not arrive in time.",
            headers={"connection": "close"},
        )


def deeper_than(body: bytes, levels: int) -> bool:
    """Whether a JSON text nests more than `levels` arrays and objects. Works on bytes, in C.

    >>> deeper_than(b'[[1]]', 2), deeper_than(b'[[[1]]]', 2), deeper_than(b'["[[["]', 2), deeper_than(b'[[["[', 2)
    (False, True, False, True)
    """
    if body.count(b"[") + body.count(b"{") <= levels:
        return False
    brackets = _STRING.sub(b"", body).translate(None, _NOT_BRACKETS)
    for _ in range(levels):
        brackets = _EMPTY_PAIR.sub(b"", brackets)
    return bool(brackets.strip(b"]}"))


class BodyLimits:
    """Refuses bodies beyond `max_bytes` (JSON and forms) or MAX_FILE_BYTES (the rest), JSON beyond MAX_DEPTH, and
    bodies of which nothing comes for `idle_s`.
    """

    def __init__(
        self, app: ASGIApp, max_bytes: int, max_file_bytes: int = MAX_FILE_BYTES, idle_s: float = IDLE_S
    ) -> None:
        self.app = app
        self.max_bytes = max_bytes
        self.max_file_bytes = max_file_bytes
        self.idle_s = idle_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if not any(name in _ANNOUNCED for name, _ in scope["headers"]):
            await self.app(scope, receive, send)  # no body, as most requests
            return
        headers = Headers(scope=scope)
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        whole = kind in ("", "application/x-www-form-urlencoded") or kind.endswith(("/json", "+json"))
        bound = self.max_bytes if whole else self.max_file_bytes
        started = False

        async def noted(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            _check_declared(headers, bound)
            arriving = _prompt(receive, self.idle_s)
            limited = await _buffered(arriving, bound) if whole else _counted(arriving, bound)
            await self.app(scope, limited, noted)
        except Problem as problem:
            if started:
                raise
            if isinstance(problem, BodyTooLarge):
                await _drain(receive)
            await problem.response_for(HTTPConnection(scope))(scope, receive, send)


def _prompt(receive: Receive, idle_s: float) -> Receive:
    """The same messages; the next part of a body in time, and then whatever comes after it, whenever."""
    more = True

    async def receive_next() -> Message:
        nonlocal more
        if not more:
            return await receive()
        try:
            async with asyncio.timeout(idle_s):
                message = await receive()
        except TimeoutError:
            raise BodyTooSlow from None
        more = message["type"] == "http.request" and message.get("more_body", False)
        return message

    return receive_next


def _check_declared(headers: Headers, bound: int) -> None:
    declared = headers.get("content-length", "")
    if declared.isascii() and declared.isdigit() and int(declared[:20]) > bound:
        raise BodyTooLarge


async def _buffered(receive: Receive, bound: int) -> Receive:
    """The whole body, at once, and then whatever comes after it (a disconnection)."""
    chunks: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            return _then(message, receive)
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        if size > bound:
            raise BodyTooLarge
        more = message.get("more_body", False)
    body = b"".join(chunks)
    if deeper_than(body, MAX_DEPTH):
        raise too_deep()
    return _then({"type": "http.request", "body": body, "more_body": False}, receive)


async def _drain(receive: Receive) -> None:
    """Read on for a while: a connection closed on unread data is reset, and the caller would not see the answer."""
    left, more = DRAIN_BYTES, True
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(DRAIN_S):
            while more and left > 0:
                message = await receive()
                more = message["type"] == "http.request" and message.get("more_body", False)
                left -= len(message.get("body", b""))


def _then(first: Message, receive: Receive) -> Receive:
    pending: list[Message] = [first]

    async def receive_next() -> Message:
        return pending.pop() if pending else await receive()

    return receive_next


def _counted(receive: Receive, bound: int) -> Receive:
    size = 0

    async def receive_next() -> Message:
        nonlocal size
        message = await receive()
        if message["type"] == "http.request":
            size += len(message.get("body", b""))
            if size > bound:
                raise BodyTooLarge
        return message

    return receive_next
