"""The hot path: a request to a service goes through raw ASGI and a client of our own, streaming both ways.

What is refused here: a path no service owns or that two parties could read differently (404), ambiguous headers (400),
a missing or bad token (401), too many requests (429). Everything else is the service's to judge: it verifies the token
again.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final

import structlog
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import Message, Receive, Scope, Send

from gateway.application.activity import note
from gateway.application.audit import entry_of
from gateway.connection import Full, TooSlow, Unreachable, UpstreamError
from gateway.domain.audit import is_audited
from gateway.headers import HOP_BY_HOP, OF_THE_HOP, OF_THE_HOP_WITH_LENGTH, check_unambiguous, end_to_end
from gateway.limiter import LeasedLimiter
from gateway.routes import patience_for
from gateway.upstream import MOST_AT_ONCE, Answer, Body, Upstream
from kit.events.context import current
from kit.http import subject
from kit.http.auth import authenticate
from kit.http.problem import Problem
from kit.http.raw import Header, first
from kit.http.request_span import ROUTE

_log = structlog.get_logger(__name__)
RETRY_S: Final = 1.0
# Requests of one client under way at once, in a process.
MOST_OF_A_CLIENT: Final = MOST_AT_ONCE // 2
_INSIDE: Final = HOP_BY_HOP | {subject.HEADER.encode()}
_AMBIGUOUS_IN_PATHS: Final = re.compile(rb"//|/\.\.?(?:/|\Z)|%2f|%5c|%00|%2e|\\|;", re.IGNORECASE)


def unreadable(raw_path: bytes) -> bool:
    """Whether two parties could read the path differently: dots, double or encoded slashes, NUL.

    >>> unreadable(b"/v1/agents/42"), unreadable(b"/v1/agents/../pay"), unreadable(b"/v1/%2e%2e/pay")
    (False, True, True)
    """
    return _AMBIGUOUS_IN_PATHS.search(raw_path) is not None


class Proxy:
    """Forwards one request to the service named by `scope[ROUTE]`, one of the `upstreams`."""

    def __init__(self, upstreams: Callable[[], Mapping[str, Upstream]], limiter: LeasedLimiter) -> None:
        self._upstreams = upstreams
        self._limiter = limiter
        self._under_way: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False
        request = Request(scope, receive)

        async def noted(message: Message) -> None:
            nonlocal started
            if not started:
                note(request, message)
            started = True
            await send(message)

        try:
            await self._forward(request, noted)
        except Problem as problem:
            if started:
                raise
            await problem.response_for(request)(scope, receive, noted)

    async def _forward(self, request: Request, send: Send) -> None:
        scope = request.scope
        check_unambiguous(scope["headers"])
        raw_path = scope.get("raw_path") or scope["path"].encode()
        if unreadable(raw_path):
            raise Problem(404, "not_found", "Ressource introuvable", "Not found")
        caller = await authenticate(request)
        added = await self._limiter.take(caller.client)
        query = scope["query_string"]
        target = raw_path + b"?" + query if query else raw_path
        with self._among_those_of(caller.client):
            await self._ask(request, target, caller.client, added, send)

    async def _ask(self, request: Request, target: bytes, client: str, added: list[Header], send: Send) -> None:
        scope = request.scope
        service: str = scope[ROUTE]
        body = await _body(request.receive)
        headers = _request_headers(scope, body)
        try:
            patience = patience_for(scope["path"])
            answer = await self._upstreams()[service].ask(scope["method"].encode(), target, headers, body, patience)
            try:
                if is_audited(scope["path"]):
                    entry = entry_of(request, client, answer.status, Headers(raw=answer.headers))
                    await request.app.state.audit.record(entry)
                await _send(answer, added, send)
            finally:
                answer.release()
        except (UpstreamError, ConnectionError) as error:
            _log.warning("upstream_failed", service=service, error=type(error).__name__)
            raise problem_of_upstream(error) from error

    @contextmanager
    def _among_those_of(self, client: str) -> Iterator[None]:
        """A caller who lets many requests last leaves the others the rest of what a service takes at once."""
        if self._under_way[client] >= MOST_OF_A_CLIENT:
            raise Problem(
                429,
                "too_many_at_once",
                "Trop de demandes en même temps",
                "Too many requests at once",
                detail_fr=f"Ce client a déjà {MOST_OF_A_CLIENT} demandes en cours.",
                detail_en=f"This client has {MOST_OF_A_CLIENT} requests under way.",
                retry_in=RETRY_S,
            )
        self._under_way[client] += 1
        try:
            yield
        finally:
            self._under_way[client] -= 1
            if not self._under_way[client]:
                del self._under_way[client]


async def _body(receive: Receive) -> Body:
    """The body as bytes when it is there at once, else as a stream."""
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise Problem(400, "disconnected", "Demande interrompue", "Request interrupted")
        body, more = message.get("body", b""), message.get("more_body", False)
        if not more:
            return body or None
        if body:
            return _stream(body, receive)


async def _stream(start: bytes, receive: Receive) -> AsyncIterator[bytes]:
    yield start
    while True:
        message = await receive()
        if message["type"] != "http.request":
            # The upload stopped half way: end the upstream request without a terminating chunk.
            raise ConnectionAbortedError
        if body := message.get("body"):
            yield body
        if not message.get("more_body", False):
            return


def _request_headers(scope: Scope, body: Body) -> list[Header]:
    """The caller's headers that cross, and ours."""
    streaming = body is not None and not isinstance(body, bytes)
    headers = end_to_end(scope["headers"], OF_THE_HOP if streaming else OF_THE_HOP_WITH_LENGTH)
    host = first(scope["headers"], b"host") or b""
    headers += (
        (b"host", host),
        (b"x-forwarded-host", host),
        (b"x-forwarded-proto", scope.get("scheme", "http").encode()),
    )
    if client := scope.get("client"):
        headers.append((b"x-forwarded-for", str(client[0]).encode()))
    if traceparent := current().traceparent:
        headers.append((b"traceparent", traceparent.encode()))
    return headers


async def _send(answer: Answer, added: list[Header], send: Send) -> None:
    headers = end_to_end(answer.headers, _INSIDE) + added
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    more = True
    while more:
        piece = await answer.piece()
        more = bool(piece) and not answer.complete
        await send({"type": "http.response.body", "body": piece, "more_body": more})


def problem_of_upstream(error: Exception) -> Problem:
    """503 when the service cannot be reached, 504 when it is too slow, 502 when it answers nonsense or dies."""
    if isinstance(error, Unreachable | Full):
        return Problem(503, "service_unavailable", "Service indisponible", "Service unavailable", retry_in=RETRY_S)
    if isinstance(error, TooSlow):
        return Problem(504, "service_too_slow", "Service trop lent", "Service too slow", retry_in=RETRY_S)
    return Problem(
        502,
        "bad_gateway",
        "Réponse du service interrompue",
        "Answer of the service interrupted",
        detail_fr="La demande a pu être traitée ; rejouez-la avec la même clé d'idempotence.",
        detail_en="The request may have been handled; send it again with the same idempotency key.",
        retry_in=RETRY_S,
    )
