"""Around each request: a span, the chain of events it may set off, a line of log, two measures."""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import lru_cache
from time import perf_counter
from typing import Final

import structlog
from opentelemetry.trace import Span
from prometheus_client import Counter, Histogram
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kit import logs
from kit.events.context import Chain, chained
from kit.http.database_errors import described, problem_of_database
from kit.http.problem import internal_error
from kit.http.raw import first
from kit.telemetry import server_span, trace_id, traceparent

_log = structlog.get_logger("http")
_REQUESTS: Final = Counter("relais_requests", "Requests answered.", ["service", "method", "route", "status"])
_SECONDS: Final = Histogram("relais_request_seconds", "Time to answer.", ["service", "route"])
# Where an application that is not FastAPI says which route it took.
ROUTE: Final = "relais.route"
QUIET: Final = frozenset({"/health/live", "/health/ready", "/metrics"})


class RequestSpan:
    """Pure ASGI, so that nothing is buffered. The query and the bodies are never logged."""

    def __init__(self, app: ASGIApp, service: str) -> None:
        self.app = app
        self.service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in QUIET:
            await self.app(scope, receive, send)
            return
        began = perf_counter()
        started = False
        status = 500

        async def observed(message: Message) -> None:
            nonlocal status, started
            if message["type"] == "http.response.start":
                started = True
                status = message["status"]
            await send(message)

        continued = first(scope["headers"], b"traceparent") or b""
        with server_span(f"{scope['method']} {self.service}", continued.decode("latin-1")) as span, _chain(span):
            try:
                await self.app(scope, receive, observed)
            except Exception as error:
                problem = problem_of_database(error)
                if problem is None:
                    _log.exception("unexpected_error", service=self.service, **described(error))
                if started:
                    raise
                await (problem or internal_error()).response_for(HTTPConnection(scope))(scope, receive, observed)
            finally:
                self._note(scope, status, perf_counter() - began)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        route = scope.get(ROUTE) or getattr(scope.get("route"), "path", "unmatched")
        method = scope["method"] if scope["method"] in METHODS else "OTHER"
        answered, lasted = _measures(self.service, method, route, status)
        answered.inc()
        lasted.observe(seconds)
        logs.access(self.service, method, scope["path"], status, seconds)


@lru_cache(maxsize=1 << 12)
def _measures(service: str, method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    """Finding a measure by its labels costs more than counting in it."""
    return _REQUESTS.labels(service, method, route, str(status)), _SECONDS.labels(service, route)


def _chain(span: Span) -> AbstractContextManager[Chain]:
    return chained(correlation=trace_id(span), traceparent=traceparent(span))


METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
