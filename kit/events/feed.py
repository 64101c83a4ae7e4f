"""The outbox as a feed: `GET /v1/events?after=<epoch>:<position>&wait=<seconds>&limit=<n>`.

Only rows with a position are read, in its order: neither a slow transaction is skipped, nor version 2 seen before 1.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.db.database import Database, Scope
from kit.events.cursor import CURSOR_PATTERN, Cursor
from kit.events.envelope import TOPIC_PATTERN
from kit.events.wakeup import Wakeup

SEQUENCED_CHANNEL: Final = "relais_outbox_sequenced"
WAIT_LIMIT_SECONDS: Final = 30.0
PAGE_LIMIT: Final = 1000

# The feed's end and a page in one statement: one snapshot, and a row even when the page is empty.
_PAGE: Final = text("""
    SELECT feed.epoch, feed.last_position, page.position, page.body
      FROM feed_meta AS feed LEFT JOIN LATERAL (
           SELECT position, CAST(envelope AS text) AS body FROM outbox
            WHERE position > CASE WHEN feed.epoch = CAST(:epoch AS uuid) THEN CAST(:after AS bigint) ELSE 0 END
              AND (CAST(:topics AS text[]) IS NULL OR topic = ANY (CAST(:topics AS text[])))
            ORDER BY position LIMIT :limit) AS page ON true
     ORDER BY page.position
""")
# Somebody read further than this feed can have reached: it was restored to an earlier state without being told so. Up
# to what was reserved, the server has crashed and forgotten positions: their events come again, above.
_RENEW: Final = text("""
    UPDATE feed_meta SET epoch = gen_random_uuid(), since = now()
     WHERE epoch = :epoch AND GREATEST(last_position, reserved_position) < :position RETURNING epoch
""")


@dataclass(frozen=True, slots=True)
class Page:
    """Events as structured JSON texts, with their positions; `next` is where to go on, `head` the feed's end."""

    events: tuple[tuple[int, str], ...]
    next: Cursor
    head: int

    @property
    def at_head(self) -> bool:
        """Whether nothing more was there to read."""
        return self.next.position >= self.head

    def json_bytes(self) -> bytes:
        """`{"events": […], "next": "<epoch>:<position>", "positions": […], "head": n}`."""
        events = ",".join(body for _, body in self.events)
        positions = ",".join(str(position) for position, _ in self.events)
        return f'{{"events":[{events}],"positions":[{positions}],"next":"{self.next}","head":{self.head}}}'.encode()


class Feed:
    """Reads pages of one component's outbox, and waits for new ones."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._wakeup = Wakeup(database, [SEQUENCED_CHANNEL])

    async def start(self) -> None:
        await self._wakeup.start()

    async def stop(self) -> None:
        """Long polls in progress answer at once with what they have."""
        await self._wakeup.stop()

    async def page(
        self, after: Cursor | None, *, limit: int = PAGE_LIMIT, wait: float = 0.0, topics: Sequence[str] | None = None
    ) -> Page:
        """The events after the cursor, or, when there are none, those that come within `wait` seconds.

        A cursor of another epoch starts again from zero. No transaction is open while waiting.
        """
        loop = asyncio.get_running_loop()
        until = loop.time() + min(wait, WAIT_LIMIT_SECONDS)
        while True:
            woken = self._wakeup.next(SEQUENCED_CHANNEL)
            async with self._database.transaction(Scope.all()) as tx:
                page = await read_page(tx, after, limit=limit, topics=topics)
            left = until - loop.time()
            if page.events or left <= 0 or (after is not None and after.epoch != page.next.epoch):
                return page
            after = page.next
            if not self._wakeup.running or not await self._wakeup.wait(woken, left):
                return page


async def read_page(
    tx: AsyncConnection, after: Cursor | None, *, limit: int, topics: Sequence[str] | None = None
) -> Page:
    """One page now."""
    assert 0 < limit <= PAGE_LIMIT
    asked = {
        "epoch": None if after is None else after.epoch,
        "after": 0 if after is None else after.position,
        "topics": None if topics is None else list(topics),
        "limit": limit,
    }
    rows = (await tx.execute(_PAGE, asked)).all()
    epoch, head = rows[0].epoch, rows[0].last_position
    start = after.position if after is not None and after.epoch == epoch else 0
    if start > head and (await tx.execute(_RENEW, {"epoch": epoch, "position": start})).first():
        return await read_page(tx, after, limit=limit, topics=topics)
    events = tuple((row.position, row.body) for row in rows if row.position is not None)
    reached = events[-1][0] if len(events) == limit else head
    return Page(events, Cursor(epoch, max(reached, start)), max(head, start))


def feed_router(dependencies: Sequence[Any] = ()) -> APIRouter:
    """The route of the feed. `app.state.feed` holds the `Feed`; `dependencies` check who reads it."""
    router = APIRouter(tags=["Événements"], dependencies=list(dependencies))

    @router.get(
        "/v1/events",
        response_class=Response,
        responses={200: {"content": {"application/json": {}}}},
        summary="Faits du service après un curseur, dans l'ordre",
    )
    async def events(
        request: Request,
        after: Annotated[str | None, Query(pattern=CURSOR_PATTERN)] = None,
        wait: Annotated[float, Query(ge=0, le=WAIT_LIMIT_SECONDS)] = 0,
        limit: Annotated[int, Query(ge=1, le=PAGE_LIMIT)] = 200,
        topic: Annotated[list[Annotated[str, Query(pattern=TOPIC_PATTERN)]] | None, Query(max_length=20)] = None,
    ) -> Response:
        """The service's events after a cursor, in order; waits for the next ones up to `wait` seconds."""
        feed: Feed = request.app.state.feed
        cursor = None if after is None else Cursor.parse(after)
        page = await feed.page(cursor, limit=limit, wait=wait, topics=topic)
        return Response(page.json_bytes(), media_type="application/json")

    return router
