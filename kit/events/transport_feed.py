"""The embedded default: consumers follow the producers' feeds over HTTP, their place is kept with the effect."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import httpx
import structlog
from pydantic import BaseModel, ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.events import metrics, place
from kit.events.applying import Batch
from kit.events.cursor import Cursor
from kit.events.delivery import Delivery
from kit.events.envelope import Envelope
from kit.events.place import Place
from kit.events.reset import begin_again_if_revised
from kit.events.transport import Token
from kit.http.outgoing import trust

WAIT_SECONDS: Final = 25.0
ANSWER_SECONDS: Final = 15.0
BATCH_LIMIT: Final = 500

log = structlog.get_logger(__name__)


class _Wire(BaseModel):
    """The page as the feed sends it."""

    events: list[Envelope]
    next: str
    head: int


@dataclass(frozen=True, slots=True)
class ReadPage:
    """Events read from a producer's feed, where to go on, and where the feed ends."""

    events: Sequence[Envelope]
    next: Cursor
    head: int

    @property
    def at_head(self) -> bool:
        return self.next.position >= self.head


class FeedReader:
    """Reads the feeds of other components. `producers` are base URLs by component."""

    def __init__(self, producers: Mapping[str, str], token: Token) -> None:
        self._producers = {name: url.rstrip("/") for name, url in producers.items()}
        self._token = token
        self._http = httpx.AsyncClient(
            timeout=httpx.Timeout(ANSWER_SECONDS, read=WAIT_SECONDS + ANSWER_SECONDS), verify=trust()
        )

    def reaches(self, producer: str) -> bool:
        """Whether it knows where that component is."""
        return producer in self._producers

    async def read(
        self, producer: str, after: Cursor | None, topics: Sequence[str], *, wait: float = 0, limit: int = BATCH_LIMIT
    ) -> ReadPage:
        """One page. Raises httpx.HTTPError when the producer is away or refuses."""
        query: dict[str, str | float | Sequence[str]] = {"wait": wait, "limit": limit, "topic": list(topics)}
        if after is not None:
            query["after"] = str(after)
        answer = await self._http.get(
            f"{self._producers[producer]}/v1/events",
            params=query,
            headers={"Authorization": f"Bearer {await self._token()}"},
        )
        answer.raise_for_status()
        return _parse(answer.content)

    async def close(self) -> None:
        await self._http.aclose()


class FeedTransport:
    """Consumers that poll; nothing to relay, for the outbox itself is what they read."""

    def __init__(self, reader: FeedReader, *, batch: int = BATCH_LIMIT, wait: float = WAIT_SECONDS) -> None:
        self._reader = reader
        self._batch = batch
        self._wait = wait

    async def relay(self) -> None:
        """Nothing to do: readers come for the outbox."""
        await asyncio.Event().wait()

    async def consume(self, delivery: Delivery) -> None:
        """Follow a producer from where the consumer is."""
        await begin_again_if_revised(delivery)
        while True:
            await follow(self._reader, delivery, batch=self._batch, wait=self._wait)


async def follow(reader: FeedReader, delivery: Delivery, *, batch: int = BATCH_LIMIT, wait: float = 0) -> bool:
    """Read and apply one page; says whether the consumer is then up to date in the producer's epoch."""
    subscription = delivery.subscription
    here = await place.load(delivery)
    after = None if here.is_new else here.cursor
    patience = wait if here.is_settled else 0
    page = await reader.read(subscription.producer, after, subscription.topics, wait=patience, limit=batch)
    if not here.is_new and page.next.epoch != here.cursor.epoch:
        await place.restart(delivery, here, page.next.epoch)
        return False
    there = Place(page.next, here.passes_left)
    if there != here:
        given = Batch(page.next.epoch, page.events, confirming=here.is_first_pass)
        if await delivery.deliver(given, partial(_advance, delivery, here, there)) is None:
            return False
    metrics.LAG.labels(delivery.consumer).set(page.head - page.next.position)
    if page.at_head and not here.is_settled:
        await place.end_pass(delivery, there)
        return False
    return page.at_head


async def _advance(delivery: Delivery, here: Place, there: Place, tx: AsyncConnection) -> bool:
    return await place.move(tx, delivery, here, there)


def _parse(content: bytes) -> ReadPage:
    try:
        wire = _Wire.model_validate_json(content)
    except ValidationError:
        page = json.loads(content)
        return ReadPage(_readable(page["events"]), Cursor.parse(page["next"]), page["head"])
    return ReadPage(wire.events, Cursor.parse(wire.next), wire.head)


def _readable(events: Sequence[object]) -> list[Envelope]:
    """The events that are ones; what is not has neither key nor id to be parked by, so it is reported and left."""
    found = []
    for event in events:
        try:
            found.append(Envelope.model_validate(event))
        except ValidationError as error:
            log.error("event_unreadable", fields=[".".join(map(str, e["loc"])) for e in error.errors()])  # noqa: TRY400 - no message, it holds values
    return found
