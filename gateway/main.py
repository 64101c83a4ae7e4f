"""The composition of the gateway: its own API in FastAPI, and in front of it the proxy to the services."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Final

import aiohttp
import httpx
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from gateway import events, inbound_topics, outbound_topics
from gateway.adapters import revocations
from gateway.adapters.partner_events import CHANNEL
from gateway.adapters.rate_buckets import SharedBuckets
from gateway.adapters.webhook_sender import Sender, networks
from gateway.administered import Administered
from gateway.api import (
    audit,
    clients,
    delegations,
    documents,
    feed,
    insured,
    integrations,
    oauth,
    partner_messages,
    sessions,
    users,
    webhooks,
    work_items,
)
from gateway.application.activity import ActivityLog
from gateway.application.audit import AuditWriter
from gateway.application.clients import SecretChecker
from gateway.application.deliver_webhooks import Dispatcher
from gateway.application.documents import MergedDocument
from gateway.application.hashing import Hashing
from gateway.application.oidc import IdentityProvider
from gateway.application.openapi import Document
from gateway.application.purge import purge_task
from gateway.application.readiness import check_demo, check_services
from gateway.application.revocations import Revocations
from gateway.application.signer import Signer
from gateway.attempts import Attempts
from gateway.dashboard.app import create_dashboard, is_page, page_client
from gateway.limited import Limited
from gateway.limiter import LeasedLimiter
from gateway.proxy import Proxy
from gateway.routes import SERVICES, service_of
from gateway.sandbox import HEADER, marking
from gateway.settings import GatewaySettings
from gateway.upstream import opened
from kit.app import create_service, kafka_login, serve
from kit.background import supervised
from kit.clock import Clock
from kit.events.wakeup import Wakeup
from kit.http.documents import document
from kit.http.identity import KeySource
from kit.http.limits import BodyLimits
from kit.http.outgoing import trust
from kit.http.request_span import ROUTE, RequestSpan
from kit.settings import Settings
from rules.book import RuleBook

NAME: Final = "gateway"


class Gateway:
    """The ASGI application: paths of services go through the proxy, pages to the dashboard, the rest to our own API."""

    def __init__(self, api: FastAPI, settings: GatewaySettings) -> None:
        self.api = api
        self.state = api.state
        self.limiter = self.state.limiter
        proxy = Proxy(lambda: self.state.upstreams, self.limiter)
        paths = (context.path or "" for context in iter_route_contexts(api.routes))
        self._own = Limited(Administered(api), self.limiter, paths)
        self._proxied: ASGIApp = RequestSpan(BodyLimits(proxy, settings.body_limit_bytes), NAME)
        self._pages = create_dashboard(api.state, settings.body_limit_bytes)
        proxies = [str(network) for network in settings.trusted_proxies]
        self._from: Any = ProxyHeadersMiddleware(self._led, proxies) if proxies else self._led  # type: ignore[arg-type]  # uvicorn's own types of ASGI

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._from(scope, receive, send)

    async def _led(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.state.settings.sandbox:
            send = marking(send)
        service = service_of(scope["path"]) if scope["type"] == "http" else None
        if service is not None:
            scope["app"], scope[ROUTE] = self.api, service
            await self._proxied(scope, receive, send)
        elif scope["type"] == "http" and is_page(scope["path"]):
            await self._pages(scope, receive, send)
        else:
            scope["app"] = self.api
            await self._own(scope, receive, send)


def create_app(settings: Settings, rules: RuleBook | None = None, clock: Clock | None = None) -> Gateway:
    """The gateway. Raises ValueError when a service has no address or there is no key ring."""
    own = GatewaySettings.of(settings)
    missing = [name for name in SERVICES if name not in own.producers]
    if missing:
        raise ValueError(f"RELAIS_PRODUCERS lacks {', '.join(missing)}")
    api = create_service(
        own,
        name=NAME,
        routers=(
            documents.router,
            oauth.router,
            clients.router,
            users.router,
            sessions.router,
            feed.router,
            insured.router,
            partner_messages.router,
            webhooks.router,
            delegations.router,
            audit.router,
            work_items.router,
            integrations.router,
        ),
        subscriptions=events.subscriptions(),
        rules=rules or RuleBook.load(settings.rules_dir),
        clock=clock,
        keys=_signer,
        openapi_url=None,
        resources=(
            _session,
            _identity_provider,
            _audit,
            _partner_wakeup,
            _revocations,
            _webhooks,
            _activity,
            page_client(lambda: gateway),
            _insurers_topics,
        ),
        tasks=(purge_task(),),
    )
    if api.state.crypto is None:
        raise ValueError("RELAIS_KEY_RING is needed to keep the signing key")
    api.state.hashing = Hashing()
    api.state.secrets = SecretChecker(api.state.hashing)
    buckets = SharedBuckets(lambda: api.state.db)
    api.state.limiter = LeasedLimiter(own.rate_per_second, buckets)
    api.state.attempts = Attempts(own.attempts_per_second, buckets, api.state.crypto)
    gateway = Gateway(api, own)
    return gateway


def _signer(api: FastAPI) -> KeySource:
    api.state.signer = Signer(api.state.db, api.state.crypto, api.state.clock)
    signer: Signer = api.state.signer
    return signer


@asynccontextmanager
async def _session(api: FastAPI) -> AsyncIterator[None]:
    state, settings = api.state, api.state.settings
    base_urls = {name: settings.producers[name] for name in SERVICES}
    async with (
        opened(base_urls) as state.upstreams,
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session,
    ):
        state.document = MergedDocument(_own_document(api), base_urls, session)
        state.readiness = [partial(check_services, base_urls, session)]
        if settings.expect_demo:
            state.readiness.append(partial(check_demo, state.db))
        yield


@asynccontextmanager
async def _identity_provider(api: FastAPI) -> AsyncIterator[None]:
    """Where staff may sign in besides; None where the installation names no issuer."""
    state, settings = api.state, api.state.settings
    state.identity_provider = None
    if not settings.oidc_issuer:
        yield
        return
    async with httpx.AsyncClient(trust_env=False, verify=trust()) as http:
        state.identity_provider = IdentityProvider(settings, http, state.clock)
        yield


def _own_document(api: FastAPI) -> Document:
    own = document(api)
    own["components"].setdefault("securitySchemes", {})["clientSecret"] = oauth.CLIENT_SECRET_SCHEME
    return own


@asynccontextmanager
async def _activity(api: FastAPI) -> AsyncIterator[None]:
    api.state.activity = ActivityLog(api.state.db, api.state.clock)
    await api.state.activity.start()
    try:
        yield
    finally:
        await api.state.activity.stop()


@asynccontextmanager
async def _audit(api: FastAPI) -> AsyncIterator[None]:
    api.state.audit = AuditWriter(api.state.db)
    await api.state.audit.start()
    try:
        yield
    finally:
        await api.state.audit.stop()


@asynccontextmanager
async def _revocations(api: FastAPI) -> AsyncIterator[None]:
    """After the wakeup, which tells of what other processes revoke."""
    state = api.state
    state.revocations = Revocations(state.db, state.clock, state.partner_wakeup)
    state.verifier.revoked = state.revocations.holds
    await state.revocations.start()
    try:
        yield
    finally:
        await state.revocations.stop()


@asynccontextmanager
async def _webhooks(api: FastAPI) -> AsyncIterator[None]:
    """Posting is the worker's; every process must know which addresses may be registered."""
    state = api.state
    state.webhook_networks = networks(state.settings.webhook_networks)
    if state.settings.role == "api":
        yield
        return
    sender = Sender(state.webhook_networks)
    marks = {HEADER: "true"} if state.settings.sandbox else {}
    dispatcher = Dispatcher(
        state.worker_db, sender, state.crypto, state.clock, state.partner_wakeup, audit=state.audit, marks=marks
    )
    await dispatcher.start()
    try:
        yield
    finally:
        await dispatcher.stop()
        await sender.close()


@asynccontextmanager
async def _insurers_topics(api: FastAPI) -> AsyncIterator[None]:
    """The worker's: what insurers are told is published, and what they write is taken, by the pages' client."""
    state, settings = api.state, api.state.settings
    if settings.role == "api" or settings.transport != "kafka":
        yield
        return
    broker = settings.kafka_bootstrap, kafka_login(settings)
    publish, follow = (partial(work, state, *broker) for work in (outbound_topics.publish, inbound_topics.follow))
    async with supervised("outbound topics", publish), supervised("inbound topics", follow):
        yield


@asynccontextmanager
async def _partner_wakeup(api: FastAPI) -> AsyncIterator[None]:
    """Wakes the long polls of partners; the listening connection is the api role's."""
    api.state.partner_wakeup = Wakeup(api.state.db, [CHANNEL, revocations.CHANNEL])
    await api.state.partner_wakeup.start()
    api.state.long_polls.append(api.state.partner_wakeup.stop)
    try:
        yield
    finally:
        await api.state.partner_wakeup.stop()


if __name__ == "__main__":
    serve(create_app, GatewaySettings(component=NAME))
