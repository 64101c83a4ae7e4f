"""Running a handler: in one go, or inside a savepoint that its failure undoes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.db.away import is_away
from kit.events.consumer import Subscription
from kit.events.context import chained
from kit.events.envelope import Envelope
from kit.events.failure import may_pass
from kit.events.supervise import describe

# Runs the handler of an event; what it returns is why the event is at fault, its effects being undone.
Run = Callable[[AsyncConnection, Envelope], Awaitable[str | None]]

_DEFER: Final = text("SET CONSTRAINTS ALL DEFERRED")
_CHECK: Final = text("SET CONSTRAINTS ALL IMMEDIATE")

log = structlog.get_logger(__name__)


class LaterError(Exception):
    """A handler failed in a way that may pass."""


def plainly(subscription: Subscription) -> Run:
    """Failures go up, and take the whole transaction with them."""

    async def run(tx: AsyncConnection, envelope: Envelope) -> None:
        with chained(correlation=envelope.correlationid, causation=str(envelope.id), traceparent=envelope.traceparent):
            await subscription.handlers[envelope.type](tx, envelope, envelope.data)

    return run


def carefully(subscription: Subscription, *, patient: bool) -> Run:
    """A failure is that event's own; when `patient`, one that may pass raises LaterError instead.

    Deferred constraints are checked within the savepoint, so that no failure waits for the commit.
    """
    plain = plainly(subscription)

    async def run(tx: AsyncConnection, envelope: Envelope) -> str | None:
        try:
            async with tx.begin_nested():
                await tx.execute(_DEFER)
                await plain(tx, envelope)
                await tx.execute(_CHECK)
        except Exception as error:
            if is_away(error):
                raise
            if patient and may_pass(error):
                raise LaterError from error
            # No message of the error: it may hold values.
            log.error("event_poison", type=envelope.type, event_id=str(envelope.id), error=describe(error))  # noqa: TRY400
            return describe(error)
        return None

    return run
