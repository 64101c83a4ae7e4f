"""Projections built again from the first event: after a mistake in a handler, or to prove that they can be.

Only subscriptions that declare projections take part: their handlers are written to be run again. The consumers may go
on running meanwhile; they find themselves at the beginning, as the rebuild does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import structlog
from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from kit.db.database import Scope
from kit.events.delivery import Delivery
from kit.events.failure import may_pass
from kit.events.reset import reset
from kit.events.transport_feed import FeedReader, follow

TRIES: Final = 10
RETRY_LIMIT_SECONDS: Final = 3.0


async def rebuild(deliveries: Sequence[Delivery], reader: FeedReader) -> list[str]:
    """Build the projections of these consumers again, up to the present; names the tables. Over either transport."""
    concerned = [delivery for delivery in deliveries if delivery.subscription.projections]
    if not concerned:
        return []
    # Readers of the tables come and go; between two of them there is room.
    async for attempt in AsyncRetrying(
        stop=stop_after_attempt(TRIES),
        wait=wait_random_exponential(multiplier=0.1, max=RETRY_LIMIT_SECONDS),
        retry=retry_if_exception(may_pass),
        reraise=True,
    ):
        with attempt:
            async with concerned[0].database.transaction(Scope.all()) as tx:
                tables = await reset(tx, concerned)
    for delivery in concerned:
        structlog.get_logger(__name__).info("rebuild", consumer=delivery.consumer, tables=tables)
        while True:
            if await follow(reader, delivery):
                break
    return tables
