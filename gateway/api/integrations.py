"""`/v1/integrations`: how the exchanges with each client go, for those who look after them."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from fastapi import Query, Request, Response

from gateway.adapters import client_activity
from gateway.adapters.client_activity import Asked, Exchange
from gateway.api.clients import ClientId
from gateway.domain.activity import RECENT, SHOWN
from gateway.domain.clients import UnknownClient
from kit.http.auth import Principal, requires
from kit.http.pagination import Page, Paging, paged
from kit.http.route import Now, Tx, service_router
from kit.http.types import Answer, Instant

router = service_router(tags=["Échanges"])
Reads = Annotated[Principal, requires("operations:read")]
Kind = Literal["HRIS", "INSURER", "CENTRE", "PLATFORM"]
Attention = Literal["WEBHOOK_DISABLED", "WEBHOOK_FAILING", "FAILED", "REFUSED"]


class FailureAnswer(Answer):
    """The last call that was refused (4xx) or failed (5xx): a method and a resource, without what its path named."""

    at: Instant
    status: int
    operation: str


class CallsAnswer(Answer):
    """`refused`: answered 4xx, `failed`: answered 5xx."""

    calls: int
    refused: int
    failed: int


class HourAnswer(CallsAnswer):
    hour: Instant


class IntegrationAnswer(Answer):
    """A client. `employers` null: all of them. `recent` are the calls of the last day.

    `behind`: events of its feed that it has not read, 1 000 at most, the first since `waiting_since`; null: it reads
    none. `failing` and `disabled` webhooks of its `webhooks`. `attention`: what somebody should look at.
    """

    id: str
    name: str
    kind: Kind
    insurer: str | None
    department: str | None
    employers: int | None
    called_at: Instant | None
    recent: CallsAnswer
    last_failure: FailureAnswer | None
    behind: int | None
    waiting_since: Instant | None
    webhooks: int
    failing: int
    disabled: int
    attention: list[Attention]

    @classmethod
    def of(cls, found: Exchange, **more: Any) -> Self:
        same = cls.model_fields.keys() - {"recent", "last_failure", "attention", *more}
        shown: dict[str, Any] = {name: getattr(found, name) for name in same}
        return cls(
            recent=CallsAnswer.model_validate(found.recent),
            last_failure=found.failure and FailureAnswer.model_validate(found.failure),
            attention=[*found.attention],
            **shown,
            **more,
        )


class IntegrationDetail(IntegrationAnswer):
    """`hours`: those of the last two days in which it called."""

    hours: list[HourAnswer]


class KindAnswer(Answer):
    """How many clients of a kind, and how many of them somebody should look at."""

    kind: Kind
    clients: int
    attention: int


class IntegrationsAnswer(Page[IntegrationAnswer]):
    """A page of clients; `kinds` count the whole platform's."""

    kinds: list[KindAnswer]


@router.get("/v1/integrations", summary="Clients actifs : dernier appel, erreurs, retard, webhooks")
async def index(
    *,
    request: Request,
    response: Response,
    page: Paging,
    _caller: Reads,
    tx: Tx,
    clock: Now,
    kind: Annotated[Kind | None, Query(description="Genre de client.")] = None,
    attention: Annotated[bool, Query(description="Seulement ceux qu'il faut regarder.")] = False,
) -> IntegrationsAnswer:
    since = clock.instant() - RECENT
    found = await client_activity.page(tx, Asked(since, clock.day(), kind, attention), page.fetch, page.start(str))
    shown = paged(request, response, page, [IntegrationAnswer.of(one) for one in found], lambda one: (one.id,))
    counted = await client_activity.counts(tx, since)
    kinds = [KindAnswer(kind=name, clients=n, attention=m) for name, (n, m) in sorted(counted.items())]
    return IntegrationsAnswer(items=shown.items, next=shown.next, kinds=kinds)


@router.get("/v1/integrations/{client}", summary="Les échanges d'un client, heure par heure")
async def read(client: ClientId, _caller: Reads, tx: Tx, clock: Now) -> IntegrationDetail:
    now = clock.instant()
    found = await client_activity.page(tx, Asked(now - RECENT, clock.day(), only=client), 1, None)
    if not found:
        raise UnknownClient
    hours = await client_activity.hours(tx, client, now - SHOWN)
    counted = [HourAnswer(hour=at, calls=one.calls, refused=one.refused, failed=one.failed) for at, one in hours]
    return IntegrationDetail.of(found[0], hours=counted)
