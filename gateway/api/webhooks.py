"""`/v1/webhooks`: where a partner has its events posted, and how that goes. Each sees its own; the staff sees all."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import Path, Request, Response
from pydantic import AfterValidator, Field
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.adapters import feed_pages
from gateway.adapters import webhooks as stored
from gateway.adapters.webhook_sender import checked_url
from gateway.application import webhooks
from gateway.application.standing import feed_of, followed
from gateway.application.webhooks import Delivery, Registration
from gateway.domain.webhooks import MAX_URL, UnknownWebhook
from kit.db.database import Scope
from kit.events.cursor import CURSOR_PATTERN
from kit.http.auth import Principal, requires
from kit.http.pagination import Page, Paging, paged
from kit.http.route import Crypto, Now, StrictRoute, service_router
from kit.http.types import TEXT_PATTERN, Answer, Instant, example, without_nir
from kit.http.types import Request as Body

MAX_TYPES = 100
MOST_HOURS = 168
router = service_router(tags=["Webhooks"], route_class=StrictRoute)
Reads = Annotated[Principal, requires("webhooks:read")]
# Who has events posted reads them.
Writes = Annotated[Principal, requires("webhooks:write", "events:read")]
WebhookId = Annotated[UUID, Path(description="Identifiant du webhook.")]
CursorText = Annotated[str, Field(pattern=CURSOR_PATTERN, description="Curseur du flux.")]
EventTypeText = Annotated[str, Field(pattern=r"^fr\.psc\.[a-z0-9.-]{3,100}$")]


class WebhookRequest(Body):
    """Where to post. Without `types`, every event of the caller's feed; without `after`, those to come."""

    model_config = Body.model_config | example({"url": "https://partenaire.example/relais"})

    url: Annotated[str, Field(min_length=1, max_length=MAX_URL, pattern=TEXT_PATTERN), AfterValidator(without_nir)]
    types: Annotated[list[EventTypeText] | None, Field(min_length=1, max_length=MAX_TYPES)] = None
    after: CursorText | None = None


class ReplayRequest(Body):
    """Without `after`, delivery goes on from where it is; with it, what follows is posted again, or skipped."""

    model_config = example({})

    after: CursorText | None = None


class KeyRequest(Body):
    model_config = example({"keep_hours": 24})

    keep_hours: Annotated[int, Field(ge=0, le=MOST_HOURS)] = 24


class WebhookAnswer(Answer):
    """A webhook and how its delivery goes. `public_key` checks the signatures (Standard Webhooks, `v1a`)."""

    id: UUID
    client: str
    url: str
    types: list[str] | None
    public_key: str
    cursor: str
    behind: int
    waiting_since: Instant | None
    failures: int
    last_error: str | None
    attempted_at: Instant | None
    delivered_at: Instant | None
    next_attempt_at: Instant | None
    disabled_at: Instant | None

    @classmethod
    def of(cls, state: Delivery) -> WebhookAnswer:
        one = state.webhook
        same = ("id", "client", "url", "failures", "last_error", "attempted_at", "delivered_at", "disabled_at")
        values: dict[str, Any] = {name: getattr(one, name) for name in same}
        return cls(
            **values,
            types=None if one.types is None else sorted(one.types),
            public_key=one.public,
            cursor=state.cursor,
            behind=state.behind,
            waiting_since=state.waiting_since,
            next_attempt_at=one.next_at if one.failures and one.disabled_at is None else None,
        )


@router.get("/v1/webhooks", summary="Webhooks de l'appelant et état de leur livraison")
async def index(request: Request, response: Response, page: Paging, caller: Reads, clock: Now) -> Page[WebhookAnswer]:
    async with _mine(request, caller) as tx:
        found = await stored.page(tx, page.start(UUID), page.fetch)
        answers = [WebhookAnswer.of(await webhooks.state_of(tx, one, clock)) for one in found]
    return paged(request, response, page, answers, lambda one: (one.id,))


@router.get("/v1/webhooks/{webhook}", summary="Un webhook : retard, dernière erreur, prochain essai")
async def read(request: Request, webhook: WebhookId, caller: Reads, clock: Now) -> WebhookAnswer:
    async with _mine(request, caller) as tx:
        return WebhookAnswer.of(await webhooks.state_of(tx, await webhooks.found(tx, webhook), clock))


@router.post("/v1/webhooks", status_code=201, summary="Faire livrer les événements à une adresse")
async def register(
    request: Request, body: WebhookRequest, *, response: Response, caller: Writes, ring: Crypto, clock: Now
) -> WebhookAnswer:
    state = request.app.state
    await feed_of(state.db, caller, clock.day())
    url = str(checked_url(body.url, state.webhook_networks))
    async with state.db.transaction(Scope.all()) as every:
        newest = await feed_pages.last(every, caller.insurer)
    asked = Registration(url, None if body.types is None else frozenset(body.types), body.after, newest)
    async with _mine(request, caller) as tx:
        made = WebhookAnswer.of(await webhooks.register(tx, caller, asked, ring, clock))
    response.headers["location"] = f"/v1/webhooks/{made.id}"
    return made


@router.post("/v1/webhooks/{webhook}/replays", summary="Reprendre la livraison, ou la rejouer depuis un curseur")
async def replay(
    request: Request, webhook: WebhookId, body: ReplayRequest, caller: Writes, clock: Now
) -> WebhookAnswer:
    async with _mine(request, caller) as tx:
        return WebhookAnswer.of(await webhooks.replay(tx, webhook, body.after, clock))


@router.post("/v1/webhooks/{webhook}/keys", status_code=201, summary="Changer la clé qui signe les livraisons")
async def change_key(
    request: Request, webhook: WebhookId, body: KeyRequest, *, caller: Writes, ring: Crypto, clock: Now
) -> WebhookAnswer:
    async with _mine(request, caller) as tx:
        keep = timedelta(hours=body.keep_hours)
        return WebhookAnswer.of(await webhooks.change_key(tx, webhook, ring, keep, clock))


@router.delete("/v1/webhooks/{webhook}", status_code=204, summary="Ne plus livrer à cette adresse")
async def remove(request: Request, webhook: WebhookId, caller: Writes) -> None:
    async with _mine(request, caller) as tx:
        if not await stored.remove(tx, webhook):
            raise UnknownWebhook


@asynccontextmanager
async def _mine(request: Request, caller: Principal) -> AsyncIterator[AsyncConnection]:
    """The rows of this client, and of its feed; every client's for those who stand for all employers."""
    state, scope = request.app.state, Scope.all()
    if caller.employers is not None:
        feed = await followed(state.db, caller, state.clock.day())
        scope = Scope.of(feed.scope.employers | {stored.owner_of(caller.client)})
    async with state.db.transaction(scope) as tx:
        yield tx
