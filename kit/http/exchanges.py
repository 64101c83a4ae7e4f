"""What a component publishes to the others and takes from them, for whoever runs the platform: how far, and what waits.

Parked events are shown without their content, and tried again on a person's word, in their order, key by key.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, Self
from uuid import UUID

import structlog
from fastapi import APIRouter, Request, Response
from pydantic import Field

from kit.db.database import Scope
from kit.events import parking, standing
from kit.events.parking import Parked
from kit.events.runtime import EventRuntime
from kit.events.standing import Standing
from kit.http.auth import Principal, requires
from kit.http.pagination import KeyPart, Page, Paging, paged
from kit.http.problem import Problem
from kit.http.route import StrictRoute, service_router
from kit.http.types import TEXT_PATTERN, Answer, Instant, example
from kit.http.types import Request as Body

# Keys tried again in one call; what is left waits for the next.
MOST_KEYS: Final = 50
_log = structlog.get_logger(__name__)
Reads = Annotated[Principal, requires("operations:read")]
Writes = Annotated[Principal, requires("operations:write")]
Name = Annotated[str, Field(min_length=1, max_length=200, pattern=TEXT_PATTERN)]


class ConsumerAnswer(Answer):
    """A reader of another component's events. `position` null: the broker keeps it. `applied_at`: the last it took.

    `parked` events wait for a person, the first since `parked_since`; `early` ones for those before them.
    """

    consumer: str
    producer: str
    epoch: UUID | None
    position: int | None
    applied_at: Instant | None
    parked: int
    parked_since: Instant | None
    early: int

    @classmethod
    def of(cls, found: Standing) -> Self:
        shown: dict[str, Any] = {name: getattr(found, name) for name in cls.model_fields}
        return cls(**shown)


class ExchangesAnswer(Answer):
    """`position` is the last one given in this component's own feed; `unsequenced` events wait for one.

    `transport`: how it reads the others. With `kafka` the broker keeps its readers' places.
    """

    component: str
    transport: Literal["feed", "kafka"]
    epoch: UUID
    position: int
    unsequenced: int
    consumers: list[ConsumerAnswer]


class ParkedEventAnswer(Answer):
    """An event that waits; `error` names what failed and where, never a value."""

    consumer: str
    producer: str
    topic: str
    key: str
    version: int
    type: str
    event: UUID
    reason: str
    error: str | None
    attempts: int
    parked_at: Instant

    @classmethod
    def of(cls, found: Parked) -> Self:
        shown: dict[str, Any] = {name: getattr(found, name) for name in cls.model_fields if name != "event"}
        return cls(event=found.event_id, **shown)


class EventReplayRequest(Body):
    """The consumer's parked events to try again: those of one key of a topic, or of every key when none is named."""

    model_config = example({"consumer": "claims.eligibility"})

    consumer: Name
    topic: Name | None = None
    key: Name | None = None


class EventReplayAnswer(Answer):
    """How many events went through, and how many of this consumer still wait."""

    applied: int
    waiting: int


def exchanges_router(component: str) -> APIRouter:
    """The routes of one component. `app.state.runtime` holds its EventRuntime, `worker_db` its database."""
    router, path = service_router(tags=["Échanges"], route_class=StrictRoute), f"/v1/exchanges/{component}"

    @router.get(path, summary="Faits publiés et reçus par ce composant : positions, dernier reçu, mis de côté")
    async def state(request: Request, _caller: Reads) -> ExchangesAnswer:
        runtime: EventRuntime = request.app.state.runtime
        async with request.app.state.worker_db.transaction(Scope.all()) as tx:
            published = await standing.published(tx)
            found = await standing.of_consumers(tx, runtime.deliveries.values(), placed=runtime.follows_feeds)
        consumers = [ConsumerAnswer.of(one) for one in found]
        return ExchangesAnswer(
            component=component,
            transport="feed" if runtime.follows_feeds else "kafka",
            epoch=published.epoch,
            position=published.position,
            unsequenced=published.unsequenced,
            consumers=consumers,
        )

    @router.get(f"{path}/parked", summary="Faits mis de côté par ce composant, dans l'ordre de leurs clés")
    async def parked(request: Request, response: Response, page: Paging, _caller: Reads) -> Page[ParkedEventAnswer]:
        async with request.app.state.worker_db.transaction(Scope.all()) as tx:
            found = await parking.page(tx, page.start(_place), page.fetch)
        answers = [ParkedEventAnswer.of(one) for one in found]
        return paged(request, response, page, answers, lambda one: (one.consumer, one.topic, one.key, one.version))

    @router.post(f"{path}/replays", summary="Appliquer de nouveau des faits mis de côté, une fois leur cause corrigée")
    async def replay(request: Request, body: EventReplayRequest, caller: Writes) -> EventReplayAnswer:
        runtime: EventRuntime = request.app.state.runtime
        if body.consumer not in runtime.deliveries:
            raise Problem(404, "unknown_consumer", "Lecteur de faits inconnu", "Unknown consumer of events")
        applied = 0
        for topic, key in await _keys(request, body):
            applied += await runtime.replay(body.consumer, topic, key)
        async with request.app.state.worker_db.transaction(Scope.all()) as tx:
            waiting = await parking.count(tx, body.consumer)
        _log.info("events_replayed", consumer=body.consumer, by=caller.client, applied=applied, waiting=waiting)
        return EventReplayAnswer(applied=applied, waiting=waiting)

    return router


async def _keys(request: Request, body: EventReplayRequest) -> list[tuple[str, str]]:
    """The key asked for, or those of which something is parked."""
    if body.topic is not None and body.key is not None:
        return [(body.topic, body.key)]
    async with request.app.state.worker_db.transaction(Scope.all()) as tx:
        return await parking.keys(tx, body.consumer, MOST_KEYS)


def _place(*parts: KeyPart) -> tuple[str, str, str, int]:
    consumer, topic, key, version = parts
    return str(consumer), str(topic), str(key), int(version)
