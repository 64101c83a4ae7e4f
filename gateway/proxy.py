"""The hot path: a request to a service goes through raw ASGI and aiohttp, streaming both ways.

What is refused here: a path no service owns or that two parties could read differently (404), ambiguous headers (400),
a missing or bad token (401), too many requests (429). Everything else is the service's to judge: it verifies the token
again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Final

import aiohttp
import structlog
from multidict import CIMultiDict
from starlette.requests import Request
from starlette.types import Message, Receive, Scope, Send
from yarl import URL

from gateway.application.activity import note
from gateway.application.audit import entry_of
from gateway.domain.audit import is_audited
from gateway.headers import FORWARDED, Header, check_unambiguous, end_to_end
from gateway.limiter import LeasedLimiter
from gateway.routes import SERVICES
from kit.http import subject
from kit.http.auth import authenticate
from kit.http.problem import Problem
from kit.http.request_span import ROUTE
from kit.telemetry import current_traceparent

_log = structlog.get_logger(__name__)
CONNECT_S: Final = 2.0
ANSWER_S: Final = 60.0
# Shorter than the services keep idle connections (kit.http.server.KEEP_ALIVE_S): a write never meets a closing one.
KEEP_IDLE_S: Final = 30.0
MAX_CONNECTIONS: Final = 1_000
# Requests of one service under way at once, in a process. A service that hangs holds these and no other's; beyond, the
# answer is 503 at once, and nobody waits in a line that does not move.
MOST_AT_ONCE: Final = MAX_CONNECTIONS // len(SERVICES)
MAX_HEADER_BYTES: Final = 65_536
RETRY_S: Final = 1.0
_INSIDE: Final = frozenset({subject.HEADER.encode()})
_AMBIGUOUS_IN_PATHS: Final = (b"//", b"/./", b"/../", b"%2f", b"%5c", b"%00", b"%2e", b"\\", b";")


def new_session() -> aiohttp.ClientSession:
    """The pool of connections to the services. Answers pass as they are: nothing is decompressed."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=MAX_CONNECTIONS, keepalive_timeout=KEEP_IDLE_S, use_dns_cache=True),
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_S, sock_read=ANSWER_S),
        auto_decompress=False,
        cookie_jar=aiohttp.DummyCookieJar(),
        skip_auto_headers=("user-agent", "accept", "accept-encoding", "content-type"),
        max_line_size=MAX_HEADER_BYTES,
        max_field_size=MAX_HEADER_BYTES,
    )


def unreadable(raw_path: bytes) -> bool:
    """Whether two parties could read the path differently: dots, double or encoded slashes, NUL.

    >>> unreadable(b"/v1/agents/42"), unreadable(b"/v1/agents/../pay"), unreadable(b"/v1/%2e%2e/pay")
    (False, True, True)
    """
    lowered = raw_path.lower()
    return any(mark in lowered for mark in _AMBIGUOUS_IN_PATHS) or lowered.endswith((b"/.", b"/.."))


class Proxy:
    """Forwards one request to the service named by `scope[ROUTE]`. `upstreams` are base URLs by service."""

    def __init__(
        self, upstreams: Mapping[str, str], session: Callable[[], aiohttp.ClientSession], limiter: LeasedLimiter
    ) -> None:
        self._upstreams = {name: url.rstrip("/") for name, url in upstreams.items()}
        self._session = session
        self._limiter = limiter
        self._under_way = Counter[str]()

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
        service: str = scope[ROUTE]
        raw_path = scope.get("raw_path") or scope["path"].encode()
        if unreadable(raw_path):
            raise Problem(404, "not_found", "Ressource introuvable", "Not found")
        caller = await authenticate(request)
        added = await self._limiter.take(caller.client)
        query = scope["query_string"]
        target = self._upstreams[service] + raw_path.decode("ascii") + ("?" + query.decode("latin-1") if query else "")
        body = await _body(request.receive)
        headers = _request_headers(scope, body)
        if self._under_way[service] >= MOST_AT_ONCE:
            _log.warning("upstream_full", service=service)
            raise _unavailable()
        self._under_way[service] += 1
        try:
            async with self._session().request(
                scope["method"],
                URL(target, encoded=True),
                headers=headers,
                data=body,
                allow_redirects=False,
            ) as response:
                if is_audited(scope["path"]):
                    await request.app.state.audit.record(
                        entry_of(request, caller.client, response.status, response.headers)
                    )
                await _answer(response, scope["method"], added, send)
        except (aiohttp.ClientError, TimeoutError, ConnectionError) as error:
            if isinstance(error.__cause__, Problem):  # raised while the body streamed: it is too large
                raise error.__cause__ from None
            _log.warning("upstream_failed", service=service, error=type(error).__name__)
            raise problem_of_upstream(error) from error
        finally:
            self._under_way[service] -= 1


async def _body(receive: Receive) -> bytes | AsyncIterator[bytes] | None:
    """The body as bytes when it is there at once, else as a stream."""
    first = await receive()
    if first["type"] != "http.request":
        raise Problem(400, "disconnected", "Demande interrompue", "Request interrupted")
    if not first.get("more_body", False):
        return first.get("body") or None
    return _stream(first.get("body", b""), receive)


async def _stream(first: bytes, receive: Receive) -> AsyncIterator[bytes]:
    yield first
    while True:
        message = await receive()
        if message["type"] != "http.request":
            # The upload stopped half way: end the upstream request without a terminating chunk.
            raise ConnectionAbortedError
        if body := message.get("body"):
            yield body
        if not message.get("more_body", False):
            return


def _request_headers(scope: Scope, body: object) -> CIMultiDict[str]:
    """The caller's headers that cross, and ours."""
    streaming = body is not None and not isinstance(body, bytes)
    also = FORWARDED if streaming else FORWARDED | {b"content-length"}
    headers = CIMultiDict(
        (name.decode("latin-1"), value.decode("latin-1")) for name, value in end_to_end(scope["headers"], also)
    )
    client = scope.get("client")
    if client:
        headers["x-forwarded-for"] = str(client[0])
    headers["x-forwarded-proto"] = scope.get("scheme", "http")
    headers["x-forwarded-host"] = next((v.decode("latin-1") for n, v in scope["headers"] if n == b"host"), "")
    if traceparent := current_traceparent():
        headers["traceparent"] = traceparent
    return headers


async def _answer(response: aiohttp.ClientResponse, method: str, added: list[Header], send: Send) -> None:
    headers = [(name.lower(), value) for name, value in end_to_end(response.raw_headers, _INSIDE)] + added
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    if method != "HEAD":
        async for chunk in response.content.iter_any():
            more = not response.content.at_eof()
            await send({"type": "http.response.body", "body": chunk, "more_body": more})
            if not more:
                return
    await send({"type": "http.response.body", "body": b"", "more_body": False})


def _unavailable() -> Problem:
    return Problem(503, "service_unavailable", "Service indisponible", "Service unavailable", retry_in=RETRY_S)


def problem_of_upstream(error: Exception) -> Problem:
    """503 when the service cannot be reached, 504 when it is too slow, 502 when it answers nonsense or dies."""
    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
        return _unavailable()
    if isinstance(error, TimeoutError):
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
