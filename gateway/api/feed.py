"""`GET /v1/events`: the caller's own feed, its insurer's or its employers', and nothing else."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Final

from fastapi import Query, Request
from starlette.responses import Response

from gateway.adapters import feed_pages
from gateway.adapters.feed_pages import Whose
from gateway.adapters.partner_events import CHANNEL
from gateway.application.audit import agents_in, entry_of
from gateway.application.standing import feed_of
from kit.db.database import Database
from kit.events.cursor import CURSOR_PATTERN, Cursor
from kit.events.wakeup import Wakeup
from kit.http.auth import Principal, requires
from kit.http.documents import PROBLEMS
from kit.http.route import StrictRoute, service_router

MAX_WAIT_S: Final = 30.0
MAX_LIMIT: Final = 200
router = service_router(tags=["Événements"], route_class=StrictRoute)
_DOCUMENT: Final[dict[int | str, dict[str, Any]]] = {
    **PROBLEMS,
    200: {
        "description": "Les événements suivants, dans l'ordre, au format CloudEvents 1.0",
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["events", "next"],
                    "properties": {
                        "events": {"type": "array", "items": {"type": "object"}},
                        "next": {"type": "string", "pattern": CURSOR_PATTERN},
                    },
                }
            }
        },
    },
}


@router.get(
    "/v1/events",
    response_class=Response,
    responses=_DOCUMENT,
    summary="Faits que l'appelant a le droit de lire, dans l'ordre",
)
async def events(
    request: Request,
    caller: Annotated[Principal, requires("events:read")],
    after: Annotated[
        str | None, Query(pattern=CURSOR_PATTERN, description="Curseur, pris de `next` ; du début sinon.")
    ] = None,
    wait: Annotated[float, Query(ge=0, le=MAX_WAIT_S, description="Secondes d'attente du prochain événement.")] = 0,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="Nombre d'événements au plus.")] = 100,
) -> Response:
    wakeup: Wakeup = request.app.state.partner_wakeup
    cursor = None if after is None else Cursor.parse(after)
    state = request.app.state
    loop = asyncio.get_running_loop()
    until = loop.time() + wait
    while True:
        woken = wakeup.next(CHANNEL)
        found, reached = await _page(state.db, await feed_of(state.db, caller, state.clock.day()), cursor, limit)
        if cursor is not None and cursor.epoch == reached.epoch:
            state.activity.read(caller.client, cursor.position)
        left = until - loop.time()
        if found or left <= 0 or not wakeup.running or not await wakeup.wait(woken, left):
            if agents := agents_in(found):
                await state.audit.record(entry_of(request, caller.client, 200, agents=agents))
            return Response(_json(found, reached), media_type="application/json")


async def _page(database: Database, whose: Whose, after: Cursor | None, limit: int) -> tuple[list[str], Cursor]:
    """What follows the cursor now. One of another epoch starts again: its positions mean nothing here."""
    async with database.transaction(whose.scope) as tx:
        epoch = await feed_pages.epoch(tx)
        start = after.position if after is not None and after.epoch == epoch else 0
        rows = await feed_pages.of(tx, whose, start, limit)
    return [body for _, body in rows], Cursor(epoch, rows[-1][0] if rows else start)


def _json(events: list[str], reached: Cursor) -> bytes:
    """The stored texts as they are: nothing is written again."""
    return f'{{"events":[{",".join(events)}],"next":"{reached}"}}'.encode()
