"""The composition of one service: state, lifespan, routers, problems, health, feed. Its main.py is then short.

def create_app(settings: Settings, rules: RuleBook | None = None, clock: Clock | None = None) -> FastAPI:
rules, clock = rules or RuleBook.load(settings.rules_dir), clock or SystemClock()
return create_service(
settings,
name="claims",
routers=(claims.router, simulations.router),
subscriptions=events.subscriptions(rules, clock),
publishes=events.PUBLISHES,
rules=rules,
clock=clock,
)

if __name__ == "__main__":
serve(create_app, Settings(component="claims"))
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

import uvicorn
from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.middleware import Middleware

from kit import logs
from kit.clock import Clock, SystemClock
from kit.db.database import Database
from kit.http import handlers, health
from kit.http.documents import document
from kit.http.identity import JwksUrl, Verifier
from kit.http.limits import BodyLimits
from kit.http.request_span import RequestSpan
from kit.http.route import StrictRoute, scopes_of
from kit.settings import Settings

if TYPE_CHECKING:
    from rules.book import RuleBook

VERSION: Final = "0.1.0"


def create_service(
    settings: Settings,
    *,
    name: str,
    routers: Sequence[APIRouter],
    rules: RuleBook | None,
    subscriptions: Sequence[Any] = (),
    publishes: Sequence[Any] = (),
    clock: Clock | None = None,
    crypto: Any = None,
    tasks: Sequence[Any] = (),
) -> FastAPI:
    """A service ready to serve: `app.state` holds settings, rules, clock, crypto, db, worker_db and verifier.

    `subscriptions` and `tasks` run when the role has the worker; `publishes` lists the event models of the feed.
    Asserts that every operation under /v1 needs a scope and reads its JSON strictly.
    """
    app = FastAPI(
        title=f"Relais, {name}",
        version=VERSION,
        lifespan=_lifespan,
        docs_url=None,
        redoc_url=None,
        middleware=[Middleware(RequestSpan, service=name), Middleware(BodyLimits, max_bytes=settings.body_limit_bytes)],
    )
    app.state.settings, app.state.rules, app.state.crypto = settings, rules, crypto
    app.state.clock = clock or SystemClock()
    app.state.subscriptions, app.state.publishes, app.state.tasks = tuple(subscriptions), tuple(publishes), tuple(tasks)
    handlers.install(app)
    app.include_router(health.router)
    for router in routers:
        app.include_router(router)
    _assert_guarded(app)
    app.openapi = lambda: document(app)  # type: ignore[method-assign]  # FastAPI's documented way to replace it
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    async with AsyncExitStack() as stack:
        app.state.db = Database(settings.database_url, pool_size=settings.pool_size, name=settings.component)
        stack.push_async_callback(app.state.db.close)
        app.state.verifier = Verifier(
            JwksUrl(settings.jwks_url), issuer=settings.issuer, audience=settings.audience, clock=app.state.clock
        )
        stack.push_async_callback(app.state.verifier.close)
        yield


def _assert_guarded(app: FastAPI) -> None:
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if not isinstance(route, APIRoute) or not (context.path or "").startswith("/v1"):
            continue
        assert isinstance(route, StrictRoute), f"{context.path}: use service_router(), which reads JSON strictly"
        assert scopes_of(context.dependant), f"{context.path}: an operation needs requires(…)"


def serve(create: Callable[[Settings], FastAPI], settings: Settings) -> None:
    """Run a component until it is told to stop."""
    logs.configure(settings.component)
    uvicorn.run(
        create(settings),
        host=settings.host,
        port=settings.port,
        access_log=False,
        log_config=None,
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=10,
    )
