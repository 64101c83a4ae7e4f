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

import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Final

from fastapi import APIRouter, Depends, FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import SecretStr
from starlette.datastructures import State
from starlette.middleware import Middleware
from starlette.types import ASGIApp

from kit import logs, memory, telemetry
from kit.clock import Clock, SystemClock
from kit.crypto import KeyRing
from kit.db.database import Database
from kit.db.job_runner import Handler, JobRunner
from kit.db.retention import retention_task
from kit.events.consumer import Subscription
from kit.events.envelope import EventData
from kit.events.feed import feed_router
from kit.events.login import Login
from kit.events.runtime import EventRuntime
from kit.http import documents, handlers, health
from kit.http.auth import reads_every_event
from kit.http.documents import PROBLEMS
from kit.http.exchanges import exchanges_router
from kit.http.identity import JwksUrl, KeySource, Verifier
from kit.http.limits import BodyLimits
from kit.http.own_token import OwnToken
from kit.http.policy import faults, policy_for
from kit.http.request_span import RequestSpan
from kit.http.route import StrictRoute
from kit.http.server import Server, server_config
from kit.scheduler import Scheduler, Task
from kit.settings import Settings

if TYPE_CHECKING:
    from rules.book import RuleBook

VERSION: Final = "0.1.0"
# Opened with the application, closed with it; it puts what it opens in `app.state`.
Resource = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def create_service(
    settings: Settings,
    *,
    name: str,
    routers: Sequence[APIRouter],
    rules: RuleBook | None,
    subscriptions: Sequence[Subscription] = (),
    publishes: Sequence[type[EventData]] = (),
    clock: Clock | None = None,
    crypto: KeyRing | None = None,
    keys: Callable[[FastAPI], KeySource] | None = None,
    resources: Sequence[Resource] = (),
    tasks: Sequence[Task] = (),
    jobs: Mapping[str, Handler] | None = None,
    openapi_url: str | None = "/openapi.json",
) -> FastAPI:
    """A service ready to serve.

    `app.state` holds settings, rules, clock, crypto, publishes, db, worker_db, verifier, runtime and feed.
    `subscriptions`, scheduled `tasks` and the handlers of import `jobs` by kind run when the role has the worker.
    `keys` says what tokens are checked against, by default the issuer's JWKS. `resources` are entered after the
    databases and left before them.
    Asserts that every operation under /v1 has one policy and reads its JSON strictly.
    """
    logs.configure_events(name)
    app = FastAPI(
        title=f"Relais, {name}",
        version=VERSION,
        lifespan=_lifespan,
        openapi_url=None,  # `documents.route` serves it
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # it would name our own address, which is behind the gateway
        middleware=[Middleware(RequestSpan, service=name), Middleware(BodyLimits, max_bytes=settings.body_limit_bytes)],
    )
    state = app.state
    state.settings, state.rules, state.publishes = settings, rules, tuple(publishes)
    state.clock = clock or SystemClock()
    state.crypto = crypto or key_ring(settings)
    state.subscriptions, state.resources = tuple(subscriptions), tuple(resources)
    state.long_polls = []
    state.tasks, state.jobs = (retention_task(), *tasks), dict(jobs or {})
    state.keys = keys or (lambda _app: JwksUrl(settings.jwks_url))
    handlers.install(app)
    app.include_router(health.router)
    if settings.role != "worker":
        for router in routers:
            app.include_router(router)
        if publishes:
            app.include_router(feed_router([Depends(reads_every_event)]), responses=PROBLEMS)
        if subscriptions:
            app.include_router(exchanges_router(name))
    if openapi_url is not None:
        app.add_route(openapi_url, documents.served, include_in_schema=False)
    _assert_guarded(app)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    state, settings = app.state, app.state.settings
    async with AsyncExitStack() as stack:
        state.db = _database(settings, settings.database_url, stack)
        state.worker_db = _database(settings, settings.worker_database_url or settings.database_url, stack)
        state.verifier = Verifier(
            state.keys(app), issuer=settings.issuer, audience=settings.audience, clock=state.clock
        )
        stack.push_async_callback(state.verifier.close)
        token = OwnToken(settings)
        stack.push_async_callback(token.close)
        for resource in state.resources:
            await stack.enter_async_context(resource(app))
        await _start_events(state, token, stack)
        if settings.role != "api":
            await _start_work(state, stack)
        yield


async def _start_events(state: State, token: OwnToken, stack: AsyncExitStack) -> None:
    settings: Settings = state.settings
    state.runtime = EventRuntime(
        settings.component,
        state.worker_db,
        state.subscriptions,
        producers=settings.producers,
        token=token,
        transport=settings.transport,
        kafka_bootstrap=settings.kafka_bootstrap,
        kafka_login=kafka_login(settings),
        works=settings.role != "api",
    )
    state.feed = state.runtime.feed
    state.long_polls.append(state.feed.stop)
    await state.runtime.start()
    stack.push_async_callback(state.runtime.stop)


async def _start_work(state: State, stack: AsyncExitStack) -> None:
    for worker in (
        Scheduler(state.worker_db, state.clock, state.tasks),
        JobRunner(state.worker_db, state.db, state.jobs, state.clock),
    ):
        await worker.start()
        stack.push_async_callback(worker.stop)


def kafka_login(settings: Settings) -> Login | None:
    """Who the component is to the brokers, where they ask."""
    if not settings.kafka_user:
        return None
    return Login(settings.kafka_user, settings.kafka_password, settings.kafka_tls)


def _database(settings: Settings, url: SecretStr, stack: AsyncExitStack) -> Database:
    database = Database(url, pool_size=settings.pool_size, name=settings.component)
    stack.push_async_callback(database.close)
    return database


def key_ring(settings: Settings) -> KeyRing | None:
    """The keys of the installation, where it was given some."""
    return None if settings.key_ring is None else KeyRing.parse(settings.key_ring.get_secret_value())


def _assert_guarded(app: FastAPI) -> None:
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if not isinstance(route, APIRoute) or not (context.path or "").startswith("/v1"):
            continue
        strict = isinstance(route, StrictRoute) or route.body_field is None
        assert strict, f"{context.path}: use service_router(), which reads JSON strictly"
        policy = policy_for(context.dependant)
        assert policy is not None, f"{context.path}: an operation needs requires(…)"
        wrong = [fault for method in route.methods or () for fault in faults(method, context.path or "", policy)]
        assert not wrong, wrong


def serve(create: Callable[[Settings], ASGIApp], settings: Settings) -> None:
    """Run a component until it is told to stop. Exits with 3 when it could not start."""
    logs.configure(settings.component)
    telemetry.configure(settings.component)
    server = Server(server_config(create(settings), settings.host, settings.port))
    memory.settle()
    server.run()
    telemetry.flush()
    if not server.started:
        sys.exit(3)
