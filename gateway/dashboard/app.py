"""The dashboard as an ASGI application of its own, below `/app`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

import httpx
import structlog
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.datastructures import State
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.dashboard.api import TIMEOUT_S
from gateway.dashboard.pages import PAGES
from gateway.dashboard.render import ASSETS
from gateway.dashboard.security import HEADERS, PREFIX, PRIVATE, set_cookie
from gateway.dashboard.visit import LANGUAGE, THEME, begun
from kit.http.database_errors import described, problem_of_database
from kit.http.limits import BodyLimits
from kit.http.problem import internal_error
from kit.http.request_span import RequestSpan
from kit.telemetry import current_trace_id

_log = structlog.get_logger(__name__)
# What other documents call the dashboard.
OTHER_NAME: Final = "/desk"
CHOICE_S: Final = 365 * 24 * 3600
_TYPES: Final = {"relais.css": "text/css", "relais.js": "text/javascript", "mark.svg": "image/svg+xml"}
NAME: Final = "dashboard"


def is_page(path: str) -> bool:
    """Whether a path is the dashboard's.

    >>> is_page("/app"), is_page("/app/agents"), is_page("/desk"), is_page("/application"), is_page("/v1/app")
    (True, True, True, False, False)
    """
    return path in {PREFIX, OTHER_NAME} or path.startswith(PREFIX + "/")


async def _home(_request: Request) -> Response:
    return RedirectResponse(PREFIX, 308)


def create_dashboard(state: State, body_limit: int) -> ASGIApp:
    """The pages, on the state of the gateway's own application."""
    routes = [Route(f"{PREFIX}/assets/{{name}}", _asset)]
    routes += [Route(path, _home) for path in (f"{PREFIX}/", OTHER_NAME)]
    routes += [Route(PREFIX + path, endpoint, methods=methods) for path, endpoint, methods in PAGES]
    handlers = {HTTPException: _lost, 404: _lost}
    app = Starlette(routes=routes, exception_handlers=handlers, middleware=[Middleware(_Unforeseen)])
    app.state = state
    app.router.redirect_slashes = False
    return RequestSpan(BodyLimits(_WithHeaders(app), body_limit), NAME)


class _WithHeaders:
    """Every answer carries the policy; a choice of language or theme in the address is remembered."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        chosen = _choice({**scope, "app": self._app})  # as it will be further in
        if chosen is not None:
            await chosen(scope, receive, send)
            return
        asset = scope["path"].startswith(f"{PREFIX}/assets/")
        added = HEADERS if asset else HEADERS | PRIVATE
        raw = [(name.encode(), value.encode()) for name, value in added.items()]

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *raw]
            await send(message)

        await self._app(scope, receive, guarded)


class _Unforeseen:
    """What nobody foresaw is answered by a page of ours, with the reference that finds it in the logs."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def observed(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, observed)
        except Exception as error:
            if started or scope["type"] != "http":
                raise
            problem = problem_of_database(error)
            if problem is None:
                _log.exception("unexpected_error", service=NAME, **described(error))
            visit, found = begun(Request(scope)), problem or internal_error()
            title = "problem.failed" if problem is None else "problem.later"
            detail = visit.words.t("problem.reference", trace=current_trace_id() or "")
            await visit.page("problem.html", found.status, title=title, detail=detail)(scope, receive, observed)


def _choice(scope: Scope) -> Response | None:
    """`?lang=` and `?theme=` are kept in a cookie, and the same page comes without them."""
    if scope["method"] != "GET":
        return None
    request = Request(scope)
    chosen = {LANGUAGE: request.query_params.get("lang"), THEME: request.query_params.get("theme")}
    if not any(chosen.values()):
        return None
    visit = begun(request)
    said = {LANGUAGE: visit.words.language, THEME: visit.theme}
    answer = RedirectResponse(visit.here(), 303, headers=HEADERS | PRIVATE)
    for name, value in chosen.items():
        if value:
            set_cookie(answer, request, name, said[name], max_age=CHOICE_S)
    return answer


async def _asset(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in _TYPES:
        return Response(status_code=404)
    headers = {"cache-control": "public, max-age=31536000, immutable"}
    return FileResponse(ASSETS / name, media_type=_TYPES[name], headers=headers)


async def _lost(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return begun(request).page("problem.html", status, title="problem.absent", detail="")


def page_client(gateway: Callable[[], ASGIApp]) -> Callable[[FastAPI], Any]:
    """The resource that lets pages call the gateway in this process, as any client does from outside."""

    @asynccontextmanager
    async def opened(api: FastAPI) -> AsyncIterator[None]:
        transport = httpx.ASGITransport(app=gateway())
        async with httpx.AsyncClient(
            transport=transport, base_url=api.state.settings.issuer, timeout=TIMEOUT_S, trust_env=False
        ) as api.state.page_http:
            yield

    return opened
